"""One running process: what it consists of, its start and its stop."""
