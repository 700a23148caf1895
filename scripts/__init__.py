"""Thin entry points, run from the repository's root."""
