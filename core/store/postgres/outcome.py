"""Whether a transaction was committed whose COMMIT was sent and never answered."""

from __future__ import annotations

import logging
import time
from typing import Final, Literal, TypeAlias

import psycopg

from core.store.errors import StoreAway
from core.store.postgres.connection import Link, Server
from core.store.postgres.pipeline import Pipeline
from core.store.postgres.tx import PgTx

logger = logging.getLogger(__name__)

Outcome: TypeAlias = Literal["committed", "aborted", "unknown"]

# How long the callers of a change in doubt wait for the server to come back.
OUTCOME_S: Final = 20.0
_STILL_RUNNING_S: Final = 0.02
_STATUS: Final = "SELECT pg_xact_status(?::xid8)"
# Where the server has not noticed yet that its client is gone.
_END: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND backend_xid = ?::xid8::xid"
)


def ask(link: Link, server: Server | None, xid: str, backend_pid: int) -> Outcome:
    """Connects again and asks; waits up to `OUTCOME_S` for a server that is away.

    A server with another identifier or timeline may have used the number for something else: "unknown".
    """
    deadline = time.monotonic() + OUTCOME_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            pipeline = link.open()
            if server is None or link.server is None or _differ(link.server, server):
                break
            status = _status(pipeline, xid, backend_pid)
        except StoreAway:
            time.sleep(min(max(link.pause_s, 0.001), left))
            continue
        except psycopg.Error as error:
            if link.lose_after(error):
                continue
            break  # the server does not know such a number: it has lost the end of its log
        if status != "in progress":
            return "committed" if status == "committed" else "aborted" if status == "aborted" else "unknown"
        time.sleep(_STILL_RUNNING_S)
    logger.error("store.outcome_unknown xid=%s", xid)
    return "unknown"


def _status(pipeline: Pipeline, xid: str, backend_pid: int) -> str | None:
    pipeline.forget_error()
    tx = PgTx(pipeline, has_savepoints=False)
    (status,) = tx.execute(_STATUS, (xid,)).fetchone()
    if status == "in progress":
        tx.execute(_END, (backend_pid, xid)).fetchall()
    return str(status) if status is not None else None


def _differ(now: Server, before: Server) -> bool:
    return (now.system, now.timeline) != (before.system, before.timeline)
