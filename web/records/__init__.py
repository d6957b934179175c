"""The bodies that several modules use, as records; the OpenAPI schemas come from them."""
