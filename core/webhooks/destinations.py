"""Destinations of events: those in the settings, and the REST hooks that others subscribed."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.logs.secret import Secret
from core.settings import Settings
from core.store import Store
from core.store.moments import from_us, to_us
from core.store.tx import Tx
from core.webhooks.signatures import decode_key
from core.webhooks.table import destination_table

Kind = Literal["webhook", "zapier", "discord"]

MOST_SUBSCRIPTIONS: Final = 200
REST_HOOKS: Final = "rest-hooks"
_ZAPIER: Final = "zapier.com"
_KEY_BYTES: Final = 32
_HOOK: Final = "hook_"


class TooManySubscriptions(HelixError):
    """The limit of REST hooks is reached."""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """One place that events are sent to.

    Attributes:
        name: its name in the database, logs and replies: "zapier", "discord", or the id of a REST hook.
        label: its name in metrics, which need few values: "rest-hooks" for every REST hook.
        kind: which delivery rules apply.
        url: a credential, never shown.
        key: signs the requests; None if the receiver could not check a signature.
        event: the only event type it receives; None for all types.
    """

    name: str
    label: str
    kind: Kind
    url: Secret
    key: bytes | None
    event: str | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One REST hook without its secrets; of its URL only the host."""

    id: str
    event: str
    host: str
    created_at: datetime
    reason: str | None


class NewSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a subscription, given once: the hook's id, and the secret that signs its deliveries."""

    id: str
    secret: str


def configured(settings: Settings) -> tuple[Destination, ...]:
    """The destinations of `ZAPIER_WEBHOOK_URL` (zapier, zapier-2, …) and `DISCORD_WEBHOOK_URL`."""
    key = decode_key(settings.webhook_signing_secret) if settings.webhook_signing_secret else None
    found = [
        Destination(
            name="zapier" if index == 1 else f"zapier-{index}",
            label="zapier" if index == 1 else f"zapier-{index}",
            kind=kind_of(url.reveal()),
            url=url,
            key=key,
        )
        for index, url in enumerate(settings.zapier_webhook_url, start=1)
    ]
    if settings.discord_webhook_url:
        found.append(
            Destination(
                name="discord", label="discord", kind="discord", url=settings.discord_webhook_url, key=None
            )
        )
    return tuple(found)


def kind_of(url: str) -> Kind:
    """Zapier accepts only a 200 as success; all others follow the rules of Standard Webhooks."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return "zapier" if host == _ZAPIER or host.endswith(f".{_ZAPIER}") else "webhook"


class Destinations:
    """All destinations, and which of them are disabled.

    Attributes:
        configured: the destinations of the settings.
        names: their names.
    """

    def __init__(self, database: Store, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self.configured = configured(settings)
        self._by_name = {destination.name: destination for destination in self.configured}
        self.names = tuple(self._by_name)
        self._listeners: list[Callable[[str], None]] = []

    async def subscribe(self, event: str, url: str) -> NewSubscription:
        """Adds a REST hook; the caller has checked the URL.

        Raises:
            TooManySubscriptions: there are 200 already.
        """
        hook_id = f"{_HOOK}{secrets.token_hex(12)}"
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"
        now_us = to_us(self._clock.now())

        def work(tx: Tx) -> None:
            if destination_table.count_hooks(tx) >= MOST_SUBSCRIPTIONS:
                raise TooManySubscriptions(
                    f"The limit of {MOST_SUBSCRIPTIONS} REST hooks is reached. Remove one first."
                )
            destination_table.add_hook(tx, hook_id, event, url, secret, now_us=now_us)

        await self._database.write(work)
        return NewSubscription(id=hook_id, secret=secret)

    async def unsubscribe(self, hook_id: str) -> bool:
        """Removes a REST hook and ends its waiting deliveries; False if there is no such hook."""
        now_us = to_us(self._clock.now())
        removed = await self._database.write(lambda tx: destination_table.remove_hook(tx, hook_id, now_us))
        if removed:
            self.notify_removed(hook_id)
        return removed

    def label_of(self, name: str) -> str:
        """The metrics label of the destination of that name."""
        known = self._by_name.get(name)
        return REST_HOOKS if known is None else known.label

    def on_removed(self, callback: Callable[[str], None]) -> None:
        """Calls `callback(name)` when a destination was removed; the callback must not block."""
        self._listeners.append(callback)

    def notify_removed(self, name: str) -> None:
        """Tells the listeners that a destination was removed; does nothing for one of the settings."""
        if name not in self._by_name:
            for listener in self._listeners:
                listener(name)

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """The REST hooks, oldest first."""
        return tuple(
            Subscription(
                id=hook_id,
                event=event,
                host=urlsplit(url).hostname or "",
                created_at=from_us(created_us),
                reason=reason,
            )
            for hook_id, event, url, created_us, reason in await self._database.read(destination_table.hooks)
        )

    async def disabled(self) -> dict[str, str]:
        """Destination name to the reason why it is disabled."""
        return await self._database.read(destination_table.disabled)

    async def enable(self, name: str) -> bool:
        """Enables a disabled destination again; False if it was not disabled."""
        return await self._database.write(lambda tx: destination_table.enable(tx, name))

    def enqueue(self, tx: Tx, outbox_seq: int, event: str, at_us: int) -> None:
        """Inserts one delivery of an event per destination that wants it, in the writer's transaction."""
        destination_table.enqueue(tx, outbox_seq, event, at_us, self.names)

    def find(self, tx: Tx, name: str) -> Destination | None:
        """The destination of that name; None if its hook was removed or its setting changed."""
        if name in self._by_name:
            return self._by_name[name]
        found = destination_table.find_hook(tx, name)
        if found is None:
            return None
        event, url, secret = found
        return Destination(
            name=name,
            label=REST_HOOKS,
            kind=kind_of(url),
            url=Secret(url),
            key=decode_key(Secret(secret)),
            event=event,
        )


def is_hook(name: str) -> bool:
    """Whether the name is the id of a REST hook, present or removed."""
    return name.startswith(_HOOK)
