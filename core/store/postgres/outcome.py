"""Whether a transaction was committed whose COMMIT was sent and never answered.

Each transaction leaves a number in table `commits`. The server's own `pg_xact_status` is not enough: after a
crash it gives numbers again whose transactions had left nothing on the disk.
"""

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
# Ends the old process where it has not noticed yet that its client is gone, and waits until it has ended:
# a COMMIT could still lie in its socket.
_END: Final = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = ? AND backend_start::text = ?"
)
_MARK: Final = "SELECT mark FROM commits WHERE marker = ?"


def ask(link: Link, server: Server | None, marker: str, mark: int) -> Outcome:
    """Connects again and looks; waits up to `OUTCOME_S` for a server that is away.

    Another server than the one that got the COMMIT cannot tell: "unknown".
    """
    deadline = time.monotonic() + OUTCOME_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            pipeline = link.open()
            if server is None or link.server is None or link.server.system != server.system:
                break
            found = _look(pipeline, server, marker)
        except StoreAway:
            time.sleep(min(max(link.pause_s, 0.001), left))
            continue
        except psycopg.Error as error:
            if link.lose_after(error):
                continue
            logger.warning("store.outcome_failed error=%s", error)
            break
        if found is not None:
            return "committed" if found == mark else "aborted"
    logger.error("store.outcome_unknown mark=%d", mark)
    return "unknown"


def _look(pipeline: Pipeline, server: Server, marker: str) -> int | None:
    """The newest mark, 0 if there is none; None if the old process has not ended."""
    pipeline.forget_error()
    tx = PgTx(pipeline, has_savepoints=False)
    ended = tx.execute(_END, (server.process, server.begun)).fetchall()
    if ended and not ended[0][0]:
        return None
    row = tx.execute(_MARK, (marker,)).fetchone()
    return 0 if row is None else int(row[0])
