"""Messages with files, mentions, reactions and pins."""
