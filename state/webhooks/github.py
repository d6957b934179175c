"""Reduces GitHub's payloads to what is announced: they also contain names and e-mail addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# This many commits of a push are shown; further ones are only counted.
COMMITS_SHOWN: Final = 5
# The only announced action of these events.
ACTIONS: Final[Mapping[str, str]] = {"release": "published", "workflow_run": "completed"}

_Fields = Mapping[str, "_Fields"]
_TEXT: Final[_Fields] = {}
_AROUND: Final[_Fields] = {"repository": {"full_name": _TEXT}, "sender": {"login": _TEXT}}
_FIELDS: Final[Mapping[str, _Fields]] = {
    "push": {
        **_AROUND,
        "ref": _TEXT,
        "deleted": _TEXT,
        "compare": _TEXT,
        "commits": {"id": _TEXT, "message": _TEXT},
    },
    "release": {
        **_AROUND,
        "action": _TEXT,
        "release": {"name": _TEXT, "tag_name": _TEXT, "html_url": _TEXT},
    },
    "workflow_run": {
        **_AROUND,
        "action": _TEXT,
        "workflow": {"name": _TEXT, "path": _TEXT},
        "workflow_run": {
            "name": _TEXT,
            "path": _TEXT,
            "conclusion": _TEXT,
            "head_branch": _TEXT,
            "html_url": _TEXT,
        },
    },
}


def announced_part(event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The announced part of a payload (GitHub Docs, "Webhook events and payloads"); empty for others."""
    if payload.get("action") != ACTIONS.get(event, payload.get("action")):
        return {}
    kept = _pick_all(payload, _FIELDS.get(event, {}))
    if isinstance(commits := kept.get("commits"), list):
        kept["commits"] = [
            _subject(commit) if place < COMMITS_SHOWN else {} for place, commit in enumerate(commits)
        ]
    return kept


def _pick_all(value: Mapping[str, Any], fields: _Fields) -> dict[str, Any]:
    return {name: _pick(value[name], inner) for name, inner in fields.items() if name in value}


def _pick(value: object, fields: _Fields) -> object:
    """The given fields of an object, or of each object in a list; texts and booleans unchanged."""
    if isinstance(value, dict):
        return _pick_all(value, fields)
    if isinstance(value, list):
        return [_pick_all(one, fields) for one in value if isinstance(one, dict)]
    return value if isinstance(value, str | bool) else None


def _subject(commit: dict[str, Any]) -> dict[str, Any]:
    """A commit with only the first line of its message; further lines may name people."""
    message = commit.get("message")
    return {**commit, "message": message.strip().partition("\n")[0]} if isinstance(message, str) else commit
