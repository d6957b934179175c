"""Reduces what GitHub sends to what is announced of it: its payloads also hold names and e-mail addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# Of a push, so many commits are shown; the others are counted.
COMMITS_SHOWN: Final = 5
# Of these events, only this action is announced.
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
    """What is announced of a payload (GitHub Docs, "Webhook events and payloads"); empty for other events."""
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
    """The given fields of an object, or of each object of a list; texts and booleans as they are."""
    if isinstance(value, dict):
        return _pick_all(value, fields)
    if isinstance(value, list):
        return [_pick_all(one, fields) for one in value if isinstance(one, dict)]
    return value if isinstance(value, str | bool) else None


def _subject(commit: dict[str, Any]) -> dict[str, Any]:
    """A commit with the first line of its message; the lines below may name people."""
    message = commit.get("message")
    return {**commit, "message": message.strip().partition("\n")[0]} if isinstance(message, str) else commit
