"""Authentication of readers and of webhook senders."""
