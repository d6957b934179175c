"""One step of the schema."""

from __future__ import annotations

import msgspec


class Migration(msgspec.Struct, frozen=True):
    """One migration.

    Attributes:
        number: its place in the order; unique in the project (core 1–9, state 10–49, bot 50–69, webhooks
            from 70) and never reused.
        name: a few words for the log.
        statements: SQL, one statement each; run in one transaction with the record of it.
    """

    number: int
    name: str
    statements: tuple[str, ...]
