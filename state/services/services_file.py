"""`services.json`: the services to probe; shipped with examples that probe Helix itself."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec

from core.files.reading import RefusedEdit
from core.files.strict_json import key_position, parse_object
from core.suggestions import closest

NAME: Final = "services.json"
BASE: Final = "{base}"

MAX_SERVICES: Final = 50
_METHODS: Final = ("GET", "HEAD")
_FIELDS: Final = ("url", "method", "expect_status", "timeout_s")
_NAME_LENGTH: Final = 60
_URL_LENGTH: Final = 2_000
_LONGEST_TIMEOUT_S: Final = 30.0

SHIPPED: Final = b"""{
  "helix": {"url": "{base}/health/live", "method": "GET", "expect_status": 200, "timeout_s": 5},
  "helix-ready": {"url": "{base}/health/ready", "method": "GET", "expect_status": 200, "timeout_s": 5}
}
"""


class ServiceSpec(msgspec.Struct, frozen=True):
    """One service to probe.

    Attributes:
        url: http or https; `{base}` at its start is replaced by this process's own URL.
        method: "GET" or "HEAD".
        expect_status: the HTTP status that counts as up.
        timeout_s: time limit for an answer, in seconds.
    """

    name: str
    url: str
    method: str = "GET"
    expect_status: int = 200
    timeout_s: float = 5.0


def parse_services(data: bytes) -> tuple[ServiceSpec, ...]:
    """The services in the file: one object with an entry per service.

    Raises:
        RefusedEdit: with the place of the first mistake.
    """
    values, text = parse_object(data)
    if len(values) > MAX_SERVICES:
        raise RefusedEdit(f"there are {len(values)} services; the limit is {MAX_SERVICES}", 1, 1)
    return tuple(_service(name, value, text) for name, value in values.items())


def _service(name: str, value: object, text: str) -> ServiceSpec:
    if not name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
        wanted = f"a service's name must be 1 to {_NAME_LENGTH} printable characters"
        raise RefusedEdit(wanted, *key_position(text, name))
    if not isinstance(value, dict):
        wanted = f'{name} must be an object, such as {{"url": "https://example.com/"}}'
        raise RefusedEdit(wanted, *key_position(text, name))
    for field in value:
        if field not in _FIELDS:
            guess = closest(field, _FIELDS)
            hint = f"did you mean {guess}?" if guess else f"known are {', '.join(_FIELDS)}"
            raise RefusedEdit(f"unknown field {field[:64]!r}: {hint}", *key_position(text, name, field))
    spec = {"method": "GET", "expect_status": 200, "timeout_s": 5.0, **value}
    for field, fits, wanted in (
        ("url", _is_url(spec.get("url")), "an http or https URL"),
        ("method", spec["method"] in _METHODS, f"one of {', '.join(_METHODS)}"),
        (
            "expect_status",
            _is_number(spec["expect_status"], 100, 599, whole=True),
            "a status, 100 to 599",
        ),
        (
            "timeout_s",
            _is_number(spec["timeout_s"], 0.1, _LONGEST_TIMEOUT_S),
            f"a number of seconds between 0.1 and {_LONGEST_TIMEOUT_S:g}",
        ),
    ):
        if not fits:
            raise RefusedEdit(f"{field} of {name} must be {wanted}", *key_position(text, name, field))
    return msgspec.convert({"name": name, **spec}, ServiceSpec)


def _is_url(value: object) -> bool:
    if not isinstance(value, str) or len(value) > _URL_LENGTH or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value.replace(BASE, "http://localhost", 1) if value.startswith(BASE) else value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_number(value: object, low: float, high: float, *, whole: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return low <= value <= high
