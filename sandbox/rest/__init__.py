"""Discord's REST API v10, one file per resource."""
