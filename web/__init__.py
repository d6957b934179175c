"""Everything that knows HTTP: routes, cached responses, errors."""
