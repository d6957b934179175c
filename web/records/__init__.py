"""The bodies of the routes as records: what is documented is what is sent."""
