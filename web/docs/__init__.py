"""The page at /docs: the OpenAPI document, written out for people."""
