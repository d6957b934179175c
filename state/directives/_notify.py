"""Who hears of directives: watchers in this process, and whoever listens to events."""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.broadcast import Broadcaster
from state.directives.records import Directive, DirectivesChanged

logger = logging.getLogger(__name__)

Watcher = Callable[[Directive | None], None]


class News:
    """Tells what changed; a watcher that fails harms nobody."""

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._broadcaster = broadcaster
        self._watchers: list[Watcher] = []

    def on_change(self, callback: Watcher) -> Callable[[], None]:
        """Adds a watcher; gives the way to remove it."""
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def publish(self, directive: Directive | None, *, queued: int, halted: bool) -> None:
        """Tells listeners; that one is finished they hear as an event of its own."""
        if directive is not None and not directive.open:
            return
        self._broadcaster.publish("directives", DirectivesChanged(directive, queued, halted))

    def tell(self, directive: Directive | None) -> None:
        """Tells the watchers; None where Manus was halted or resumed."""
        for watcher in tuple(self._watchers):
            try:
                watcher(directive)
            except Exception:
                logger.exception("directive.watcher_failed")
