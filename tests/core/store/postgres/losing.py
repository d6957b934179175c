"""Ends connections to PostgreSQL from outside, and loses the answers to COMMITs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import Statement
from tests.postgres_server import PostgresServer

_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'"


def end(server: PostgresServer, name: str = "helix-writer") -> None:
    """Ends the connections of that name, and returns before they have ended."""
    server.execute(_END.format(name))


class Lose:
    """Loses the connection at a COMMIT."""

    def __init__(self) -> None:
        self._how: Callable[[], object] | None = None
        self._before = False
        self._left = 0
        self._is_commit = False

    def __call__(self, how: Callable[[], object], *, before: bool, skip: int = 0) -> None:
        """Calls `how` before or after the answer to a COMMIT is waited for; `skip` COMMITs come through."""
        self._how, self._before, self._left = how, before, skip + 1

    def disarm(self) -> bool:
        """Loses nothing any more; whether something was still to be lost."""
        was_armed, self._how = self._how is not None, None
        return was_armed

    def note(self, statement: Statement) -> None:
        """Called for each statement that is sent."""
        if statement.text == b"COMMIT" and self._how is not None:
            self._left -= 1
            self._is_commit = self._left == 0

    def wait(self, pipeline: Pipeline, wait: Callable[[Pipeline], None]) -> None:
        """Called instead of each wait."""
        how = self._how
        if not self._is_commit or how is None:
            wait(pipeline)
            return
        self._is_commit, self._how = False, None
        if self._before:
            how()
            wait(pipeline)
            return
        wait(pipeline)
        how()
        if pipeline.error is None:
            # The answer was on its way and never came.
            raise pipeline._lost(psycopg.OperationalError("cut"))


@contextmanager
def losing_commits() -> Iterator[Lose]:
    """In the block, the answer to a COMMIT can be lost."""
    send, wait, lose = Pipeline.send, Pipeline.wait, Lose()

    def sending(pipeline: Pipeline, statement: Statement, parameters: Any = ()) -> object:
        lose.note(statement)
        return send(pipeline, statement, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pipeline, "send", sending)
        patch.setattr(Pipeline, "wait", lambda pipeline: lose.wait(pipeline, wait))
        yield lose
