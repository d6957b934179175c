"""What the load asks for, and what came of it: the records between the load's processes."""

from __future__ import annotations

import msgspec

JSON_HEADERS = "Host: localhost\r\nContent-Type: application/json\r\n"
# As a monitor and as a browser ask: two heads, two encodings.
_READERS = ("Accept: */*\r\n", "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n")
WEBHOOK_TOKEN = "token-of-the-load-test"  # noqa: S105 - of a server that lives for this measurement
# One of two changes the field, the other an agent; each drops what was cached of it.
_EVENTS = (
    ("ucf.update", '{"shift":{"harmony":0.000001},"reason":"measured"}'),
    ("agent.heartbeat", '{"agent":"Kael","status":"active","task":"being measured"}'),
)


class Stream(msgspec.Struct, frozen=True):
    """One kind of request.

    Attributes:
        per_s: how many arrive in a second, on average.
        requests: the whole requests, taken in turn; `{number}` becomes the request's own, in this load.
        status: what each must be answered with.
    """

    name: str
    per_s: float
    requests: tuple[str, ...]
    status: int


class Plan(msgspec.Struct, frozen=True):
    """A load: what arrives at which port of 127.0.0.1, for how long, drawn from which seed."""

    port: int
    seconds: float
    streams: tuple[Stream, ...]
    seed: int = 1


class Outcome(msgspec.Struct):
    """What came of a stream; times from the intended moment of sending to the whole answer."""

    sent: int = 0
    times_s: list[float] = []
    errors: dict[str, int] = {}


class LoadReport(msgspec.Struct):
    """What came of a load, and how late the generator itself was at worst in 99 of 100 cases."""

    streams: dict[str, Outcome]
    late_p99_s: float


def reading(path: str, per_s: float) -> Stream:
    """GET `path`, as monitors and as browsers do."""
    requests = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{accept}\r\n" for accept in _READERS)
    return Stream(path, per_s, tuple(requests), 200)


def webhooks(per_s: float) -> Stream:
    """Events that come in, each under a key of its own."""
    requests = tuple(
        f"POST /webhooks/{event} HTTP/1.1\r\n{JSON_HEADERS}Authorization: Bearer {WEBHOOK_TOKEN}\r\n"
        f"Idempotency-Key: load-{{number}}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        for event, body in _EVENTS
    )
    return Stream("webhooks", per_s, requests, 202)
