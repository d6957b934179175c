"""The snapshot and the history of the six values in the database."""

from __future__ import annotations

import msgspec

from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.models import UCF, AgentReport, Lore, Snapshot


def read_snapshot(tx: Tx) -> Snapshot | None:
    """The snapshot; None in a new database."""
    row = tx.execute("SELECT version, changed_us, source, ucf, reports, folklore FROM snapshot").fetchone()
    if row is None:
        return None
    return Snapshot(
        version=row[0],
        changed_at=from_us(row[1]),
        source=row[2],
        ucf=msgspec.json.decode(row[3], type=UCF),
        reports=msgspec.json.decode(row[4], type=dict[str, AgentReport]),
        folklore=msgspec.json.decode(row[5], type=dict[str, Lore]),
    )


def read_version(tx: Tx) -> int:
    """The version of the snapshot, even of one that is not valid; fails in a new database."""
    return int(tx.execute("SELECT version FROM snapshot").fetchone()[0])


def write_snapshot(tx: Tx, snapshot: Snapshot) -> None:
    """Replaces the stored snapshot."""
    tx.execute(
        "INSERT INTO snapshot (id, version, changed_us, source, ucf, reports, folklore) "
        "VALUES (1, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, changed_us = excluded.changed_us, "
        "source = excluded.source, ucf = excluded.ucf, reports = excluded.reports, "
        "folklore = excluded.folklore",
        (
            snapshot.version,
            to_us(snapshot.changed_at),
            snapshot.source,
            msgspec.json.encode(snapshot.ucf).decode(),
            msgspec.json.encode(dict(snapshot.reports)).decode(),
            msgspec.json.encode(dict(snapshot.folklore)).decode(),
        ),
    )


def write_history(tx: Tx, snapshot: Snapshot) -> None:
    """Adds the six values of a version to the history."""
    tx.execute(
        "INSERT INTO ucf_history "
        "(version, at_us, source, harmony, resilience, prana, drishti, klesha, zoom) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            snapshot.version,
            to_us(snapshot.changed_at),
            snapshot.source,
            *snapshot.ucf.as_dict().values(),
        ),
    )
