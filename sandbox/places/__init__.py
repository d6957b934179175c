"""Servers, channels, threads, members and roles, by Discord's rules."""
