"""One connection in pipeline mode: statements are sent at once, and the answers of many are one wait.

libpq is used directly, since psycopg's cursors decide themselves when they wait. Each wait ends with a Sync,
after which the server counts the transaction as idle, so that it can end one whose process has frozen.
"""

from __future__ import annotations

import select
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

from core.store.postgres import rows
from core.store.postgres.faults import ConnectionLost
from core.store.postgres.statements import Statement, bind

# Prepared statements of a connection; the server keeps each in its memory.
PREPARED_LIMIT: Final = 512
# A server that is silent for so long counts as lost.
ANSWER_S: Final = 30.0
# From 64 KiB on libpq sends by itself; without a Sync before, the server would not see an idle transaction.
_UNSYNCED_BYTES: Final = 32_768

_FAILED: Final = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE})
_Key: TypeAlias = tuple[bytes, tuple[int, ...]]


class Sent:
    """A statement on its way.

    Attributes:
        result: what the server answered; None before the next wait, or if an earlier statement failed.
    """

    __slots__ = ("key", "result")

    def __init__(self, key: _Key | None = None) -> None:
        self.key = key
        self.result: PGresult | None = None


class Pipeline:
    """A connection that is used by one thread at a time.

    Attributes:
        waits: how often its thread has waited for the server.
        error: the first error since `forget_error`; what was sent after it was not done.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._reader = rows.use_plain_types(connection)
        self._pgconn = connection.pgconn
        self._pgconn.nonblocking = 1
        self._pgconn.enter_pipeline_mode()
        self._poll = select.poll()
        self._poll.register(self._pgconn.socket, select.POLLIN)
        # None stands for a Sync.
        self._sent: deque[Sent | None] = deque()
        self._prepared: OrderedDict[_Key, bytes] = OrderedDict()
        self._names = 0
        self._unsynced = 0
        self.waits = 0
        self.error: psycopg.Error | None = None

    def send(self, statement: Statement, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Sent:
        """Sends a statement; it is answered at the next `wait`."""
        bound = bind(statement, parameters)
        key = statement.text, bound.types
        try:
            name = self._prepared.get(key) or self._prepare(key)
            self._prepared.move_to_end(key)
            self._pgconn.send_query_prepared(name, bound.values, bound.formats, result_format=1)
            sent = Sent()
            self._sent.append(sent)
            self._unsynced += 64 + sum(len(value) for value in bound.values if value is not None)
            if self._unsynced > _UNSYNCED_BYTES:
                self._sync()
                self._push()
        except psycopg.OperationalError as error:
            raise self._lost(error) from error
        return sent

    def wait(self) -> None:
        """Waits until everything sent is answered; `error` then tells whether something failed.

        Raises:
            ConnectionLost: the connection has ended.
        """
        try:
            self._sync()
            self.waits += 1
            self._push()
            while self._sent:
                self._take()
        except psycopg.OperationalError as error:
            raise self._lost(error) from error

    def wait_for_rest(self) -> None:
        """Waits if anything sent is not answered yet."""
        if self._sent:
            self.wait()

    def let_go(self) -> None:
        """Sends everything and waits for nothing; the answers are taken at the next `wait`."""
        try:
            self._sync()
            self._pgconn.flush()
        except psycopg.OperationalError as error:
            raise self._lost(error) from error

    def load(self, sent: Sent) -> list[Any]:
        """The rows of a statement that was answered."""
        return [] if sent.result is None else rows.load(self._reader, sent.result)

    def forget_error(self) -> None:
        """Begins anew after an error; the transaction was rolled back."""
        self.error = None

    def forget_prepared(self) -> None:
        """Prepares every statement anew; those on the server stay there under names not used again."""
        self._prepared.clear()

    def has_ended(self) -> bool:
        """Whether the server has ended the connection; looks at what has arrived and waits for nothing."""
        try:
            self._poll.modify(self._pgconn.socket, select.POLLIN)
            if self._poll.poll(0):
                self._pgconn.consume_input()
        except psycopg.OperationalError:
            return True
        return self._pgconn.status != ConnStatus.OK

    def close(self) -> None:
        """Ends the connection. May be called twice."""
        self._connection.close()

    def _prepare(self, key: _Key) -> bytes:
        if len(self._prepared) >= PREPARED_LIMIT:
            _, oldest = self._prepared.popitem(last=False)
            self._pgconn.send_query_params(b"DEALLOCATE " + oldest, None)
            self._sent.append(Sent())
        self._names += 1
        name = b"helix_%d" % self._names
        self._pgconn.send_prepare(name, key[0], key[1])
        self._sent.append(Sent(key))
        self._prepared[key] = name
        self._unsynced += len(key[0])
        return name

    def _sync(self) -> None:
        self._pgconn.pipeline_sync()
        self._sent.append(None)
        self._unsynced = 0

    def _push(self) -> None:
        """Sends what is in the buffer; takes in answers meanwhile, since the server may wait with its own."""
        while self._pgconn.flush():
            self._ready(select.POLLIN | select.POLLOUT)

    def _take(self) -> None:
        """Takes the next result; it belongs to the statement sent first."""
        while self._pgconn.is_busy():
            self._ready(select.POLLIN)
        result = self._pgconn.get_result()
        if self._pgconn.status != ConnStatus.OK:
            raise (
                errors.error_from_result(result)
                if result is not None
                else ConnectionLost("the server is gone")
            )
        sent = self._sent[0]
        if result is None:
            # Nothing follows a statement's result but this.
            if sent is not None:
                self._sent.popleft()
        elif result.status == ExecStatus.PIPELINE_SYNC:
            self._sent.popleft()
        elif sent is not None:
            self._note(sent, result)

    def _note(self, sent: Sent, result: PGresult) -> None:
        is_failed = result.status in _FAILED
        if is_failed and self.error is None:
            self.error = errors.error_from_result(result)
        if is_failed or result.status == ExecStatus.PIPELINE_ABORTED:
            if sent.key is not None:
                self._prepared.pop(sent.key, None)
        else:
            sent.result = result

    def _ready(self, events: int) -> None:
        self._poll.modify(self._pgconn.socket, events)
        found = self._poll.poll(ANSWER_S * 1_000)
        if not found:
            raise ConnectionLost(f"the database server has not answered for {ANSWER_S:.0f} s")
        if found[0][1] & ~select.POLLOUT:
            self._pgconn.consume_input()

    def _lost(self, error: psycopg.OperationalError) -> ConnectionLost:
        self._connection.close()
        return error if isinstance(error, ConnectionLost) else ConnectionLost(str(error).strip())
