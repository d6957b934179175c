"""Files on disk: safe reading, atomic replacement, watching; independent of their content."""
