"""Replies: context, buttons, pages, progress, errors, posted documents."""
