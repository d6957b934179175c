"""The plan and the report of a load, exchanged between its processes."""

from __future__ import annotations

import msgspec

JSON_HEADERS = "Host: localhost\r\nContent-Type: application/json\r\n"
# The headers of a monitor and of a browser: two heads, two encodings.
_READERS = ("Accept: */*\r\n", "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n")
WEBHOOK_TOKEN = "token-of-the-load-test"  # noqa: S105 - of a server that lives for this measurement
# They alternately change the field and an agent; each invalidates cached responses.
_EVENTS = (
    ("ucf.update", '{"shift":{"harmony":0.000001},"reason":"measured"}'),
    ("agent.heartbeat", '{"agent":"Kael","status":"active","task":"being measured"}'),
)


class Stream(msgspec.Struct, frozen=True):
    """One kind of request.

    Attributes:
        per_s: the average number of arrivals per second.
        requests: the complete requests, used in turn; `{number}` is replaced by the request's number.
        status: the expected response status.
    """

    name: str
    per_s: float
    requests: tuple[str, ...]
    status: int


class Plan(msgspec.Struct, frozen=True):
    """A load: the streams, the port on 127.0.0.1, the duration and the random seed."""

    port: int
    seconds: float
    streams: tuple[Stream, ...]
    seed: int = 1


class Outcome(msgspec.Struct):
    """The outcome of a stream; times from the intended send time to the complete response."""

    sent: int = 0
    times_s: list[float] = []
    errors: dict[str, int] = {}


class LoadReport(msgspec.Struct):
    """The outcome of a load, and the 99th percentile of the generator's own lateness."""

    streams: dict[str, Outcome]
    late_p99_s: float


def reading(path: str, per_s: float) -> Stream:
    """GET `path`, alternately as monitors and browsers do."""
    requests = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{accept}\r\n" for accept in _READERS)
    return Stream(path, per_s, tuple(requests), 200)


def webhooks(per_s: float) -> Stream:
    """Incoming events, each with its own idempotency key."""
    requests = tuple(
        f"POST /webhooks/{event} HTTP/1.1\r\n{JSON_HEADERS}Authorization: Bearer {WEBHOOK_TOKEN}\r\n"
        f"Idempotency-Key: load-{{number}}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        for event, body in _EVENTS
    )
    return Stream("webhooks", per_s, requests, 202)
