"""Grading one submission: the student's code in a worker, the instructor's tests in a checker."""
