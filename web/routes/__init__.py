"""One module per resource; `web.routes.table` lists them."""
