"""The body of every error (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An error: what is wrong, where, and what would be right (RFC 9457).

    Attributes:
        type: `about:blank`, or `urn:helix:problem:` with a name by which programs tell errors apart.
        title: the status in words.
        status: the HTTP status.
        detail: what is wrong, and what to do about it.
        instance: the requested path, or the incident.
        parameters: the wrong query parameters.
        choices: the values that the parameter accepts.
        field: the path of the wrong field in the body, such as `set.harmony`.
        suggestion: the most similar known name.
        flaw: what is wrong with the authentication.
        missing: what is not ready, each with name and reason.
        available: the available media types.
        max_body_bytes: the maximum size of a body.
        incident: the id under which the log has the details.
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
