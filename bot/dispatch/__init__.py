"""From a message or an interaction to its command, whose cog is loaded on the way."""
