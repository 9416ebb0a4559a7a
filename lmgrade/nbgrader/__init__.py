"""nbgrader with this engine: its commands, gradebook, Formgrader and feedback."""
