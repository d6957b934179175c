"""Everything that answers: context, embeds' senders, buttons, pages, progress, errors."""
