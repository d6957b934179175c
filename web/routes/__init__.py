"""The handlers, one module for each resource; `web.routes.table` lists them."""
