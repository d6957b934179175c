"""Destinations of events: those in the settings, and the REST hooks that others subscribed."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from core.clock import Clock
from core.errors import HelixError
from core.logs.secret import Secret
from core.settings import Settings
from core.store import Database
from core.store.moments import from_us, to_us
from core.webhooks.signatures import decode_key

Kind = Literal["webhook", "zapier", "discord"]

MOST_SUBSCRIPTIONS: Final = 200
REST_HOOKS: Final = "rest-hooks"
_ZAPIER: Final = "zapier.com"
_KEY_BYTES: Final = 32
_HOOK: Final = "hook_"

# One statement for any number of destinations; those of the settings come first.
_SUBSCRIBED: Final = "SELECT id FROM subscriptions"
_ENQUEUE: Final = """
    INSERT INTO deliveries (event, destination, status, created_us, next_us)
    SELECT ?1, name, 'waiting', ?2, ?2 FROM (
        SELECT 0 AS hook, key AS place, value AS name FROM json_each(?3)
        UNION ALL
        SELECT 1, id, id FROM subscriptions WHERE event = ?4
    )
    WHERE name NOT IN (SELECT destination FROM destination_state WHERE disabled_us IS NOT NULL)
    ORDER BY hook, place
"""


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
    """All destinations, and which of them are disabled."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self.configured = configured(settings)
        self._by_name = {destination.name: destination for destination in self.configured}
        self._configured_names = msgspec.json.encode(list(self._by_name)).decode()
        self._listeners: list[Callable[[str], None]] = []

    async def subscribe(self, event: str, url: str) -> NewSubscription:
        """Adds a REST hook; the caller has checked the URL.

        Raises:
            TooManySubscriptions: there are 200 already.
        """
        hook_id = f"{_HOOK}{secrets.token_hex(12)}"
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"
        now_us = to_us(self._clock.now())

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute("SELECT count(*) FROM subscriptions").fetchone()[0] >= MOST_SUBSCRIPTIONS:
                raise TooManySubscriptions(
                    f"The limit of {MOST_SUBSCRIPTIONS} REST hooks is reached. Remove one first."
                )
            connection.execute(
                "INSERT INTO subscriptions (id, event, url, secret, created_us) VALUES (?, ?, ?, ?, ?)",
                (hook_id, event, url, secret, now_us),
            )

        await self._database.write(work)
        return NewSubscription(id=hook_id, secret=secret)

    async def unsubscribe(self, hook_id: str) -> bool:
        """Removes a REST hook and ends its waiting deliveries; False if there is no such hook."""
        now_us = to_us(self._clock.now())
        removed = await self._database.write(lambda connection: remove_hook(connection, hook_id, now_us))
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

        def work(connection: sqlite3.Connection) -> tuple[Subscription, ...]:
            rows = connection.execute(
                "SELECT id, event, url, created_us, disabled_why FROM subscriptions "
                "LEFT JOIN destination_state ON destination = id ORDER BY created_us, id"
            )
            return tuple(
                Subscription(
                    id=hook_id,
                    event=event,
                    host=urlsplit(url).hostname or "",
                    created_at=from_us(created_us),
                    reason=reason,
                )
                for hook_id, event, url, created_us, reason in rows
            )

        return await self._database.read(work)

    async def disabled(self) -> dict[str, str]:
        """Destination name to the reason why it is disabled."""

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            return dict(
                connection.execute(
                    "SELECT destination, disabled_why FROM destination_state WHERE disabled_us IS NOT NULL"
                )
            )

        return await self._database.read(work)

    async def enable(self, name: str) -> bool:
        """Enables a disabled destination again; False if it was not disabled."""
        return await self._database.write(
            lambda connection: (
                connection.execute(
                    "DELETE FROM destination_state WHERE destination = ? AND disabled_us IS NOT NULL", (name,)
                ).rowcount
                > 0
            )
        )

    def enqueue(self, connection: sqlite3.Connection, outbox_seq: int, event: str, at_us: int) -> None:
        """Inserts one delivery of an event per destination that wants it, in the writer's transaction."""
        connection.execute(_ENQUEUE, (outbox_seq, at_us, self._configured_names, event))

    def reachable(self) -> str:
        """SQL condition: the delivery's destination exists."""
        # Safe in SQL: these are our own names ("zapier", "zapier-2", "discord").
        names = ", ".join(f"'{name}'" for name in self._by_name)
        return f"(destination IN ({names}) OR destination IN ({_SUBSCRIBED}))"

    def find(self, connection: sqlite3.Connection, name: str) -> Destination | None:
        """The destination of that name; None if its hook was removed or its setting changed."""
        if name in self._by_name:
            return self._by_name[name]
        row = connection.execute(
            "SELECT event, url, secret FROM subscriptions WHERE id = ?", (name,)
        ).fetchone()
        if row is None:
            return None
        return Destination(
            name=name,
            label=REST_HOOKS,
            kind=kind_of(row[1]),
            url=Secret(row[1]),
            key=decode_key(Secret(row[2])),
            event=row[0],
        )


def is_hook(name: str) -> bool:
    """Whether the name is the id of a REST hook, present or removed."""
    return name.startswith(_HOOK)


def remove_hook(connection: sqlite3.Connection, hook_id: str, now_us: int) -> bool:
    """Removes a REST hook in the open transaction and ends its waiting deliveries; False if it is unknown."""
    gone = connection.execute("DELETE FROM subscriptions WHERE id = ?", (hook_id,)).rowcount > 0
    connection.execute("DELETE FROM destination_state WHERE destination = ?", (hook_id,))
    if gone:
        # Nobody can replay these deliveries, so nobody is notified.
        end_waiting(connection, hook_id, now_us, "the hook is gone", notified_us=now_us)
    return gone


def end_waiting(
    connection: sqlite3.Connection, name: str, now_us: int, why: str, *, notified_us: int | None = None
) -> int:
    """Turns the waiting deliveries of a destination into dead letters; returns how many.

    Pass the present time as `notified_us` to suppress the notice about them.
    """
    return connection.execute(
        "UPDATE deliveries SET status = 'dead', finished_us = ?, last_error = ?, told_us = ? "
        "WHERE destination = ? AND status = 'waiting'",
        (now_us, why, notified_us, name),
    ).rowcount
