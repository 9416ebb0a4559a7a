# Cleo handed the notebook in as she got it.
