"""The connection to Discord: addresses, state, counters and logs."""
