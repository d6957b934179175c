"""Measurements: each compares Helix with something in the same run and prints a ratio."""
