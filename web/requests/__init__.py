"""Request processing around the handlers: middleware, admission, bodies, responses."""
