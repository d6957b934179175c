"""Streams: one broadcaster, many listeners, by Server-Sent Events or by WebSocket."""
