"""Benchmarks: each compares Helix with a baseline in the same run, and prints a ratio."""
