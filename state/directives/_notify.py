"""Notifies watchers in this process, and subscribers of events, about directives."""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.broadcast import Broadcaster
from state.directives.records import Directive, DirectivesChanged

logger = logging.getLogger(__name__)

Watcher = Callable[[Directive | None], None]


class Notifications:
    """Sends notifications; a watcher that fails does not affect others.

    Attributes:
        watchers: called at each change.
    """

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._broadcaster = broadcaster
        self.watchers: list[Watcher] = []

    def publish(self, directive: Directive | None, *, queued: int, halted: bool) -> None:
        """Publishes a change of an open directive; the end of one is an event of its own."""
        if directive is not None and not directive.open:
            return
        self._broadcaster.publish("directives", DirectivesChanged(directive, queued, halted))

    def notify(self, directive: Directive | None) -> None:
        """Calls the watchers; with None if Manus was halted or resumed."""
        for watcher in tuple(self.watchers):
            try:
                watcher(directive)
            except Exception:
                logger.exception("directive.watcher_failed")
