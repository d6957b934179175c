"""Response checks: health, status, caching, errors, headers, metrics, links, objectives."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from deploy._staging_site import Check, Finding, Site, expect, part_of


async def check_health(site: Site) -> list[Finding]:
    """Check that Helix is alive, ready, and passes all health checks."""
    live, ready = await site.ask("/health/live", headers={}), await site.ask("/health/ready", headers={})
    findings = [
        expect(
            live.status == HTTPStatus.OK, "/health/live: the event loop runs", f"/health/live: {live.status}"
        ),
        expect(
            ready.status == HTTPStatus.OK,
            "/health/ready: store, state and gateway are ready",
            f"/health/ready: {ready.status}, {ready.detail or 'not from Helix'}",
        ),
    ]
    health = await site.ask("/health")
    status = health.part(str, "status")
    for name in health.part(dict, "checks"):
        (check, *_) = health.part(list, "checks", name) or [None]
        how = part_of(check, str, "status", where=f"/health: {name}")
        if how != "pass":
            verdict: Finding = Finding(
                "wrong" if status == how == "fail" else "note",
                f"/health: {name} is {how}: {check.get('output', 'no reason given')}",
            )
            findings.append(verdict)
    passed = status in ("pass", "warn") and health.status == HTTPStatus.OK
    findings.append(expect(passed, f"/health: {status}", f"/health: {status}, see above"))
    return findings


async def check_status(site: Site) -> list[Finding]:
    """Check the status, and that Discord is connected."""
    status = await site.ask("/status")
    connected = status.part(str, "gateway", "status") == "pass"
    version, since = status.part(str, "version"), status.part(str, "started_at")
    return [
        Finding("right", f"/status: Helix {version}, since {since}"),
        expect(connected, "Discord is connected", "Discord is not connected: see /health, check `gateway`."),
    ]


async def check_caching(site: Site) -> list[Finding]:
    """Check conditional requests and compression of cached responses."""
    first = await site.ask("/status")
    if first.headers.get("X-Cache") == "off":
        return [Finding("note", "ENABLE_RESPONSE_CACHING is off: every response is computed for its request")]
    # Repeated, because the state may change between two requests.
    for _ in range(5):
        tag = (await site.ask("/status")).headers.get("ETag", "")
        again = await site.ask("/status", headers={**site.reading, "If-None-Match": tag})
        if again.status == HTTPStatus.NOT_MODIFIED:
            break
    packed = await site.ask("/status", headers={**site.reading, "Accept-Encoding": "gzip"})
    return [
        expect(
            again.status == HTTPStatus.NOT_MODIFIED and tag.startswith('"'),
            "/status: the ETag is strong, and an unchanged response is a 304",
            f"/status: ETag {tag!r} gave {again.status}, not 304: a proxy weakens or ignores it.",
        ),
        expect(
            packed.headers.get("Content-Encoding") == "gzip"
            and "accept-encoding" in packed.headers.get("Vary", "").lower(),
            "/status: compressed for clients that accept it",
            "/status: not compressed, or without Vary: a proxy changes the response.",
        ),
    ]


async def check_errors(site: Site) -> list[Finding]:
    """Check that errors come from Helix, not from a proxy."""
    cases = (
        ("GET", "/no-such-page", HTTPStatus.NOT_FOUND),
        ("PUT", "/status", HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/agents?nonsense=1", HTTPStatus.BAD_REQUEST),
    )
    findings = []
    for method, path, status in cases:
        answer = await site.ask(path, method=method)
        findings.append(
            expect(
                (answer.status, answer.media_type) == (status, "application/problem+json"),
                f"{method} {path}: {status.value} with a reason",
                f"{method} {path}: {answer.status} {answer.media_type}, not {status.value} as problem+json: "
                "a proxy replaces Helix's errors.",
            )
        )
    return findings


async def check_headers(site: Site) -> list[Finding]:
    """Check the page's security headers."""
    headers = (await site.ask("/")).headers
    policy = headers.get("Content-Security-Policy", "")
    strict = "default-src 'none'" in policy and "unsafe" not in policy
    return [
        expect(
            strict and headers.get("X-Content-Type-Options") == "nosniff",
            "/: a strict content security policy, and nosniff",
            f"/: Content-Security-Policy is {policy!r}: a proxy removes or changes it.",
        ),
    ]


async def check_metrics(site: Site) -> list[Finding]:
    """Check that Prometheus can scrape the metrics."""
    metrics = await site.ask("/metrics", headers={**site.reading, "Accept": "text/plain;version=0.0.4"})
    return [
        expect(
            metrics.media_type == "text/plain" and b"\nhelix_state_version " in metrics.body,
            "/metrics: readable for Prometheus",
            f"/metrics: {metrics.status} {metrics.media_type}",
        )
    ]


async def check_public_url(site: Site) -> list[Finding]:
    """Check that Helix's links use this address."""
    made = (await site.ask("/.well-known/helix.json")).part(str, "links", "dashboard").rstrip("/")
    here = str(site.url).rstrip("/")
    return [
        expect(
            made == here,
            f"links lead to {made}",
            f"links lead to {made} instead of {here}: set PUBLIC_URL={here}",
        )
    ]


async def check_promises(site: Site) -> list[Finding]:
    """Check the service-level objectives, which need a day of measurements."""
    promises = (await site.ask("/slo")).part(list, "promises")
    met = {part_of(each, str, "name", where="/slo: an objective"): each.get("met") for each in promises}
    missed = [name for name, kept in met.items() if kept is False]
    if missed:
        return [Finding("note", f"/slo: not met: {', '.join(missed)}")]
    unknown = [name for name, kept in met.items() if kept is None]
    left = f" ({', '.join(unknown)}: no data yet)" if unknown else ""
    return [Finding("right", f"/slo: no objective is missed{left}")]


ANSWER_CHECKS: Final[tuple[Check, ...]] = (
    check_health,
    check_status,
    check_caching,
    check_errors,
    check_headers,
    check_metrics,
    check_public_url,
    check_promises,
)
