"""What commands, replies and effects are given of the running bot."""
