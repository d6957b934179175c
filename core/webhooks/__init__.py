"""Incoming and outgoing webhooks: no accepted event is lost, and none is applied twice."""
