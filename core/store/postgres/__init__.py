"""The store on PostgreSQL; imported only where DATABASE_URL names a server."""
