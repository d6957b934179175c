"""Connections: accepting, limits, the fast path ahead of the parser, closing."""
