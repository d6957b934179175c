"""The connection to Discord: where it is, how it is, what it counts and logs."""
