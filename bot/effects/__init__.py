"""What the bot does unasked: always there, supervised, and off until it has a channel."""
