"""main.py to measure the route alone: no handler runs, and with "unkept" nothing is committed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import main
from core.clock import SystemClock
from core.webhooks import ids
from core.webhooks.inbox import Accepted, Inbox, Incoming
from core.webhooks.job import Handler
from core.webhooks.router import Router


def _let_nothing_run() -> None:
    kept = Router.register

    def register(router: Router, name: str, handler: Handler, **_: object) -> Callable[[], Awaitable[None]]:
        kept(router, name, handler)

        async def lane() -> None:
            await asyncio.Event().wait()

        return lane

    Router.register = register  # type: ignore[method-assign, assignment]


def _keep_nothing() -> None:
    clock = SystemClock()

    async def accept(_inbox: Inbox, incoming: Incoming) -> Accepted:
        return Accepted(id=ids.new_id("evt", clock.now()), type=incoming.type, duplicate=False)

    Inbox.accept = accept  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    _let_nothing_run()
    if sys.argv.pop() == "unkept":
        _keep_nothing()
    sys.exit(main.main())
