"""Mechanisms that know neither Discord, nor HTTP routes, nor the collective."""
