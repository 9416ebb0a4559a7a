"""Language models, small enough to read."""
