"""The chat page, and the actions and views of its people."""
