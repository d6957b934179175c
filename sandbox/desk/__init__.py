"""What people in the sandbox do and see: the chat page and its controls."""
