"""One delivery attempt: a signed POST and the meaning of its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from core.http.guard import ForbiddenTarget, check_url
from core.webhooks.destinations import Destination, Kind
from core.webhooks.retries import parse_retry_after
from core.webhooks.signatures import sign

if TYPE_CHECKING:
    import aiohttp

# Standard Webhooks: 15 to 30 s.
TIMEOUT_S: Final = 15.0
_CONNECT_S: Final = 5.0
# 4xx answers that are retried all the same (docs/webhooks.md).
_MAY_PASS: Final = frozenset({408, 425, 429})

Verdict = Literal["delivered", "gone", "refused", "failed"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of an attempt.

    Attributes:
        verdict: "gone" removes the destination, "refused" is final, "failed" is retried.
        status: the HTTP status; None without an answer.
        error: why it was not delivered, as text for people; never contains the URL.
        retry_after_s: the pause that the receiver asked for.
    """

    verdict: Verdict
    took_s: float
    status: int | None = None
    error: str | None = None
    retry_after_s: float | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The message to send: `{type, timestamp, data}` as JSON; its id is the same for every attempt."""

    id: str
    type: str
    payload: bytes


Render = Callable[[Kind, Message], bytes]


async def send(
    session: aiohttp.ClientSession,
    destination: Destination,
    message: Message,
    *,
    render: Render,
    now: datetime,
    loopback: bool,
    timeout_s: float = TIMEOUT_S,
) -> Outcome:
    """Makes one attempt. Failures are returned as an outcome, never raised.

    Args:
        session: connects only to permitted addresses (`core/http/guard.py`).
        destination: the receiver.
        message: the message to send.
        render: returns the body for this kind of destination.
        now: the time to sign.
        loopback: whether this machine may be the destination.
        timeout_s: time limit of the whole attempt.
    """
    # Not imported at the top: table modules import this one, and the store opens before aiohttp is imported.
    import aiohttp

    from core.http.client_session import ask

    body = render(destination.kind, message)
    headers = {"Content-Type": "application/json"}
    if destination.kind != "discord":
        timestamp_s = int(now.timestamp())
        headers["webhook-id"] = message.id
        headers["webhook-timestamp"] = str(timestamp_s)
        if destination.key is not None:
            headers["webhook-signature"] = sign(destination.key, message.id, timestamp_s, body)
    begun = time.perf_counter()
    try:
        # The session checks resolved host names; a literal IP address has to be checked here.
        check_url(destination.url.reveal(), loopback=loopback)
        status, answer = await ask(
            session,
            "POST",
            destination.url.reveal(),
            timeout_s=timeout_s,
            connect_s=_CONNECT_S,
            data=body,
            headers=headers,
        )
    except TimeoutError:
        return Outcome(verdict="failed", took_s=_since(begun), error="no answer in time")
    except ForbiddenTarget as error:
        return Outcome(verdict="failed", took_s=_since(begun), error=str(error))
    except aiohttp.ClientConnectorError as error:
        forbidden = isinstance(error.os_error, ForbiddenTarget)
        text = "its address is not public" if forbidden else "no connection"
        return Outcome(verdict="failed", took_s=_since(begun), error=text)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # Only the class: the text may hold the URL, which is a credential.
        return Outcome(verdict="failed", took_s=_since(begun), error=type(error).__name__)
    return _judge(destination.kind, status, answer, now, _since(begun))


def _judge(kind: Kind, status: int, headers: Mapping[str, str], now: datetime, took_s: float) -> Outcome:
    if status == 200 or (kind != "zapier" and 200 <= status < 300):
        return Outcome(verdict="delivered", took_s=took_s, status=status)
    verdict: Verdict = "failed"
    if status == 410:
        verdict = "gone"
    elif 400 <= status < 500 and status not in _MAY_PASS:
        verdict = "refused"
    return Outcome(
        verdict=verdict,
        took_s=took_s,
        status=status,
        error=f"HTTP {status}",
        retry_after_s=parse_retry_after(headers.get("Retry-After"), now),
    )


def _since(begun: float) -> float:
    return time.perf_counter() - begun
