"""The store on SQLite: one writer thread with group commit, reader threads, checkpoints."""
