"""Prints `.env.example`: every setting with its default and its meaning."""

import sys

from core.settings.table import render_env_example

sys.stdout.write(render_env_example())
