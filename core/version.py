"""The version of Helix, as `pyproject.toml` states it."""

VERSION = "0.1.0"
