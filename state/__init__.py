"""What the collective knows: the shared state and the rules that change it."""
