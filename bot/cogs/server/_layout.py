"""The standard layout of a server: 8 categories, 30 channels, and the purposes of channels."""

from __future__ import annotations

from collections.abc import Mapping

from bot.parts.duties import Duty

# Only admins and the bot see this category.
PRIVATE = "ADMIN"

LAYOUT: Mapping[str, tuple[str, ...]] = {
    "WELCOME": ("manifesto", "rules-and-ethics", "introductions"),
    "SYSTEM": ("telemetry", "weekly-digest", "shadow-storage", "ucf-sync"),
    "PROJECTS": ("helix-repository", "fractal-lab", "samsaraverse-music", "ritual-engine-z88"),
    "AGENTS": ("gemini-scout", "kavach-shield", "sanghacore", "agni-core", "shadow-archive"),
    "CROSS-MODEL SYNC": ("gpt-grok-claude-sync", "chai-link", "manus-bridge"),
    "DEVELOPMENT": ("bot-commands", "code-snippets", "testing-lab", "deployments"),
    "RITUAL & LORE": ("neti-neti-mantra", "codex-archives", "ucf-reflections", "harmonic-updates"),
    PRIVATE: ("moderation", "announcements", "backups"),
}

# Alerts need someone who acts, so they go to the moderators.
SERVES: Mapping[Duty, tuple[str, str]] = {
    "alerts": (PRIVATE, "moderation"),
    "telemetry": ("SYSTEM", "telemetry"),
    "digest": ("SYSTEM", "weekly-digest"),
    "deployments": ("DEVELOPMENT", "deployments"),
}
