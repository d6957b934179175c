"""The HTTP server: routes, cached responses, errors, streams."""
