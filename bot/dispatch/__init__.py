"""Finds the command of a message or interaction, loads its cog and runs it."""
