"""The API's description of itself, made from the route table and the records (OpenAPI 3.1.1)."""
