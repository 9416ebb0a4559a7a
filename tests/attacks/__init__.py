"""Submissions that mean harm, and honest ones that look as if they did."""
