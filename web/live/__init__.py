"""Streams of events to many clients, over Server-Sent Events or WebSocket."""
