"""Notebooks: the instructor's, the student's, and how their cells run."""
