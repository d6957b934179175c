"""Outgoing HTTP: client sessions, name look-ups, and which addresses may be asked."""
