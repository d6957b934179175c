"""Who may read, and who may send."""
