"""Outgoing HTTP: client sessions, DNS look-ups, and which addresses are permitted."""
