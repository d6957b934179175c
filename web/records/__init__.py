"""The bodies of the routes as records; the OpenAPI schemas come from them."""
