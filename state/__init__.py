"""The collective: the shared state and the rules that change it."""
