"""One process: its parts in their order, its loops, its worker, and what it needs of the machine."""
