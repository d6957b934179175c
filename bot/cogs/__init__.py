"""The cogs, each loaded on the first use of one of its commands."""
