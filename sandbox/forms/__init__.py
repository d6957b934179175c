"""Bodies checked against Discord's limits."""
