"""Connections: taken, bounded, read, answered ahead of the parser, and closed."""
