"""The dashboard: its files, and the page as it first arrives."""
