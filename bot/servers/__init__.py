"""What belongs to one Discord server: its channels, roles, icon, welcomes and long work on it."""
