"""Everything that knows Discord: the catalog, dispatch, the cogs and what the bot does unasked."""
