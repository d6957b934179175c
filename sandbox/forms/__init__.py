"""Bodies as they come in, checked against Discord's limits."""
