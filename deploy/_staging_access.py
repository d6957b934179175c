"""Access checks: encrypted transport, and refusal of readers and senders without a secret."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from deploy._staging_site import Answer, Finding, Site, expect

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_JSON: Final = {"Content-Type": "application/json"}
_WRONG: Final = {"Authorization": "Bearer this-is-not-the-token-of-this-server"}
# Valid JSON that fits no event's schema: even with a valid token it is refused, and nothing is stored.
_NO_EVENT: Final = b"{}"
_GUARDED: Final = (
    ("POST", "/webhooks/ucf.update"),
    ("POST", "/webhooks"),
    ("POST", "/webhooks/github"),
    ("POST", "/hooks"),
    ("GET", "/webhooks/events/evt_none"),
)


async def check_transport(site: Site) -> list[Finding]:
    """Check that tokens are sent encrypted."""
    local = site.url.host in _LOOPBACK
    return [
        expect(
            site.url.scheme == "https" or local,
            f"{site.url} is encrypted" if site.url.scheme == "https" else f"{site.url} is on this machine",
            f"{site.url} is not encrypted: others can read tokens in transit. Use a TLS proxy.",
        )
    ]


async def check_reading(site: Site) -> list[Finding]:
    """Check that reading is public, or needs the token."""
    without = await site.ask("/status", headers={})
    if site.read_token is None:
        if without.status == HTTPStatus.UNAUTHORIZED:
            return [Finding("wrong", "reading needs a token: set READ_TOKEN here to check the rest.")]
        return [Finding("note", "reading is public (READ_TOKEN is not set)")]
    wrong, right = await site.ask("/status", headers=_WRONG), await site.ask("/status")
    return [
        expect(
            without.status == wrong.status == HTTPStatus.UNAUTHORIZED,
            "reading without the token, or with a wrong one, is refused",
            f"reading without the token: {without.status}, with a wrong one: {wrong.status}: "
            "reading must be refused. Set READ_TOKEN for the deployment.",
        ),
        expect(
            right.status == HTTPStatus.OK,
            "reading with the token works",
            f"reading with the token: {right.status}. The deployment has another READ_TOKEN.",
        ),
    ]


async def check_webhooks(site: Site) -> list[Finding]:
    """Check that sending events and subscribing need a secret."""
    findings = []
    for method, path in _GUARDED:
        answers = [
            await site.ask(path, method=method, headers={**_JSON, **headers}, body=body)
            for headers in ({}, _WRONG)
            for body in ((_NO_EVENT,) if method == "POST" else (None,))
        ]
        findings.append(_judged(f"{method} {path}", answers))
    if site.webhook_token is not None:
        headers = {**_JSON, "Authorization": f"Bearer {site.webhook_token}"}
        let_in = await site.ask("/webhooks/ucf.update", method="POST", headers=headers, body=_NO_EVENT)
        findings.append(
            expect(
                let_in.status == HTTPStatus.UNPROCESSABLE_ENTITY,
                "a sender with the token is accepted",
                f"a sender with the token: {let_in.status}. The deployment has another WEBHOOK_TOKEN.",
            )
        )
    return findings


def _judged(route: str, answers: list[Answer]) -> Finding:
    statuses = {answer.status for answer in answers}
    if statuses == {HTTPStatus.UNAUTHORIZED}:
        return Finding("right", f"{route}: refused without a secret")
    if statuses == {HTTPStatus.SERVICE_UNAVAILABLE}:
        return Finding("note", f"{route}: off. {answers[0].detail}")
    told = ", ".join(str(status) for status in sorted(statuses))
    return Finding("wrong", f"{route}: answers {told} to unauthenticated requests; it should be 401 or 503.")
