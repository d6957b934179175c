"""The page at /docs: renders the OpenAPI document as HTML."""
