"""The body of every error (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, where, and what would be right (RFC 9457).

    Attributes:
        type: `about:blank`, or `urn:helix:problem:` with a name by which programs tell errors apart.
        title: the status in words.
        status: the HTTP status.
        detail: what is wrong here, and what to do about it.
        instance: the path that was asked for, or the incident.
        parameters: the query parameters that are wrong.
        choices: what the parameter takes.
        field: the path of what is wrong in the body, such as `set.harmony`.
        suggestion: the nearest name that is known.
        flaw: in which way a proof of the sender is wrong.
        missing: what is not ready, each with its name and the reason.
        available: the media types that there are.
        max_body_bytes: how large a body may be.
        incident: under which id the log has the rest.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    parameters: tuple[str, ...] | UnsetType = UNSET
    choices: tuple[str, ...] | UnsetType = UNSET
    field: str | UnsetType = UNSET
    suggestion: str | UnsetType = UNSET
    flaw: str | UnsetType = UNSET
    missing: tuple[Mapping[str, Any], ...] | UnsetType = UNSET
    available: tuple[str, ...] | UnsetType = UNSET
    max_body_bytes: int | UnsetType = UNSET
    incident: str | UnsetType = UNSET
