"""What the steps of the webhooks' schema do to events that are there already."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from core.webhooks.schema import WEBHOOK_MIGRATIONS


def test_payloads_of_github_that_are_handled_are_emptied() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        steps = {migration.number: migration.statements for migration in WEBHOOK_MIGRATIONS}
        emptying = steps.pop(75)
        for statement in (one for number in sorted(steps) for one in steps[number]):
            connection.execute(statement)
        push = b'{"event":"push","payload":{"pusher":{"email":"ann@example.com"}}}'
        for seq, kind, status in (
            (1, "github", "done"),
            (2, "github", "accepted"),
            (3, "message.post", "done"),
        ):
            connection.execute(
                "INSERT INTO inbox (seq, id, type, received_us, digest, data) VALUES (?, ?, ?, 1, x'00', ?)",
                (seq, f"evt_{seq}", kind, push),
            )
            connection.execute(
                "INSERT INTO handling (event, handler, status, next_us) VALUES (?, 'x', ?, 1)", (seq, status)
            )
        for statement in emptying:
            connection.execute(statement)
        found = [row[0] for row in connection.execute("SELECT data FROM inbox ORDER BY seq")]
    assert found == [b'{"event":"push","payload":{}}', push, push]
