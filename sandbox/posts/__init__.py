"""Messages and what hangs on them: files, mentions, reactions, pins."""
