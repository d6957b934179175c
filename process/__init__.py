"""The running process: its parts, start and stop."""
