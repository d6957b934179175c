"""Parts of one Discord server: channels, roles, icon, welcomes, and the steps of a set-up."""
