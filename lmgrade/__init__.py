"""Grading behind a trust boundary."""
