"""Authenticates senders of events and managers of hooks (docs/webhooks.md, "Authentication")."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from aiohttp import hdrs, web

from core.logs.secret import Secret
from core.runtime.kernel import Kernel
from core.settings import Settings
from core.webhooks.signatures import NotAuthentic, decode_key, verify, verify_github, verify_token
from web.access.lockout import SENDER_LOCKOUT
from web.answers.problems import Problem
from web.keys import KERNEL

_CHALLENGE = 'Bearer realm="helix-webhooks"'
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_ONLY_SIGNED = (
    f"Send a signature ({', '.join(_SIGNED)}); tokens are not accepted while WEBHOOK_TOKEN is not set."
)


def authenticate_sender(request: web.Request, body: bytes) -> None:
    """Check the Standard Webhooks signature or the token of an event's sender.

    Raises:
        Problem: 503 if neither is configured, 401 if missing or wrong, 429 if the client is locked out.
    """
    kernel = request.app[KERNEL]
    settings = kernel.settings
    signed = any(name in request.headers for name in _SIGNED)
    by_signature = bool(settings.webhook_secret) and (signed or not settings.webhook_token)
    try:
        if by_signature:
            _check_signature(kernel, request, body)
        elif settings.webhook_token:
            _check_token(request, settings.webhook_token)
        else:
            _require_open(settings, "WEBHOOK_SECRET or WEBHOOK_TOKEN")
    except NotAuthentic as error:
        raise _refusal(kernel, error, "signature" if by_signature else "token") from error


def _check_signature(kernel: Kernel, request: web.Request, body: bytes) -> None:
    if not any(name in request.headers for name in _SIGNED):
        raise NotAuthentic("missing", _ONLY_SIGNED)
    verify(
        _keys(kernel.settings.webhook_secret),
        message_id=request.headers.get("webhook-id"),
        timestamp=request.headers.get("webhook-timestamp"),
        signature=request.headers.get("webhook-signature"),
        body=body,
        now_s=kernel.clock.now().timestamp(),
    )


def authenticate_github(request: web.Request, body: bytes) -> None:
    """Check GitHub's signature.

    Raises:
        Problem: 503 if its secret is not set, 401 if the signature is missing or wrong.
    """
    kernel = request.app[KERNEL]
    secret = kernel.settings.github_webhook_secret
    if not secret:
        _require_open(kernel.settings, "GITHUB_WEBHOOK_SECRET")
        return
    try:
        verify_github(secret, request.headers.get("X-Hub-Signature-256"), body)
    except NotAuthentic as error:
        raise _refusal(kernel, error, "signature") from error


def authenticate_manager(request: web.Request) -> None:
    """Check `WEBHOOK_TOKEN`, which event status and REST hooks need.

    Raises:
        Problem: 503 if it is not set, 401 if it is missing or wrong, 429 if the client is locked out.
    """
    kernel = request.app[KERNEL]
    token = kernel.settings.webhook_token
    if not token:
        _require_open(kernel.settings, "WEBHOOK_TOKEN")
        return
    try:
        _check_token(request, token)
    except NotAuthentic as error:
        raise _refusal(kernel, error, "token") from error


def _check_token(request: web.Request, token: Secret) -> None:
    lockout = request.app[SENDER_LOCKOUT]
    lockout.check(request)
    try:
        verify_token(token, _offered_token(request))
    except NotAuthentic as error:
        if error.flaw == "wrong":
            lockout.count(request)
        raise


def _offered_token(request: web.Request) -> str | None:
    scheme, _, credentials = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return request.headers.get("X-Helix-Token")


def _refusal(kernel: Kernel, error: NotAuthentic, by: Literal["signature", "token"]) -> Problem:
    kernel.refusals.count(by)
    return Problem(
        401, str(error), kind="not-authentic", headers={"WWW-Authenticate": _CHALLENGE}, flaw=error.flaw
    )


def _require_open(settings: Settings, missing: str) -> None:
    """Refuse with 503, as the setting `missing` is empty, unless no authentication is needed."""
    if not open_here(settings):
        raise Problem(503, f"Webhooks are not configured: set {missing}.", kind="not-configured")


def open_here(settings: Settings) -> bool:
    """Whether no authentication is needed: in the sandbox on a loopback address."""
    if not settings.in_sandbox:
        return False
    try:
        return ip_address(settings.host).is_loopback
    except ValueError:
        return settings.host == "localhost"


@lru_cache(maxsize=4)
def _keys(secrets: tuple[Secret, ...]) -> tuple[bytes, ...]:
    return tuple(decode_key(secret) for secret in secrets)
