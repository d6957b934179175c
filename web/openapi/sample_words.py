"""Realistic words and numbers for sample bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.version import VERSION

# By member name, or by record and member name if the member means something else there.
WORDS: Final[Mapping[str, Any]] = {
    "access": "everyone", "action": "backup", "active": 14,
    "assessment": "In harmony: all six values are good.", "attempts": 1, "below": 0.3,
    "cache_hit_rate": 0.98, "cache_hits": 4900, "cache_misses": 100, "cog": "monitoring",
    "command": "status", "cooldown": "5 in 10 s", "count": 5000, "destination": "zapier", "detail": "",
    "drishti": 0.72, "error": None, "event": "ucf.update", "example": "!status", "exact": True,
    "harmony": 0.82, "high": 2.0, "id": "evt_0123456789abcdef", "klesha": 0.08, "load": 0.12, "low": 0.0,
    "mean": 0.82, "meaning": "accord", "met": True, "method": "GET", "observedUnit": "ms (p95)",
    "observedValue": 0.4, "output": "", "path": "/status", "prana": 0.61, "reason": "",
    "releaseId": VERSION, "required": True, "resilience": 1.2, "samples": 5000, "secret": "whsec_…",
    "shown": 14, "source": "ritual", "step": 54, "steps": 108, "summary": "How the collective is.",
    "target_url": "https://hooks.example.org/1", "task": None, "token": "…", "total": 14,
    "type": "ucf.changed", "usage": "status", "value": 0.82, "version": VERSION, "zoom": 1.0,
    "needs_token": "read", "inbox_waiting": 0, "outbox_waiting": 0, "open_breakers": 0, "next_at": None,
    "above": None, "incoming": "ucf.update", "outgoing": "ucf.changed", "Agent.name": "Kael",
    "Agent.role": "ethics", "Agent.subsystem": "directive policy", "Agent.symbol": "🜂",
    "CommandInfo.aliases": "s", "CommandInfo.name": "status", "CommandInfo.ttl_s": 5.0,
    "CommandInfo.where": "server", "Discovery.description": "A Discord bot with an HTTP server.",
    "Discovery.name": "Helix", "DiscoveredRoute.ttl_s": 5.0, "EventHandler.name": "state.ucf",
    "Health.description": "The health of Helix", "Health.version": "0",
    "IncomingType.path": "/webhooks/ucf.update",
    "IncomingType.summary": "Sets or shifts values of the field.", "IncomingType.type": "ucf.update",
    "OutgoingType.summary": "The field has changed.", "Hook.id": "hook_0123456789abcdef",
    "RitualBrief.id": 12, "SampleReport.value": 5000.0,
    "FamilyReport.help": "HTTP requests answered.", "route": "/status",
    "Objective.target": 0.001, "Objective.title": "Fewer than 0.1% of requests fail.",
    "Objective.value": 0.0002, "Ready.ready": "store", "StateVersion.version": 42,
    "links": "https://helix.example.org/docs", "/status": 0.0004, "requests": 5000,
}  # fmt: skip
# Keys of mappings, by member name.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "avg_response_times": ("/status",), "checks": ("store",), "counters": ("requests",),
    "error_counts": ("/agents/{name}",), "labels": ("route",),
    "metrics": ("helix_http_requests_total",), "links": ("documentation",), "requests": ("/status",),
    "series": ("harmony",), "trends": ("harmony", "klesha"), "ucf": ("harmony",),
}  # fmt: skip
# Preferred choices, for a sample in which all is well.
LIKED: Final = ("pass", "active", "good", "done", "steady", "z88", "error_rate", "counter")
