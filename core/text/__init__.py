"""Parses and formats texts: durations, numbers, Markdown, patterns, quotation marks."""
