"""Text that fits into Discord: embeds' limits, Markdown in pieces, numbers in words."""
