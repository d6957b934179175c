"""Two processes that can ask each other, in one."""

from core.store.members import LocalMembers, Member, OnAsk, Reply, answer


class TwoMembers:
    """This process with another beside it; what is asked reaches both."""

    def __init__(self, own: LocalMembers, other: LocalMembers) -> None:
        self._own = own
        self._other = other

    @property
    def me(self) -> Member:
        return self._own.me

    def alive(self) -> tuple[Member, ...]:
        return (self._own.me, self._other.me)

    async def ask(self, command: str, body: str = "", *, deadline_s: float = 5.0) -> tuple[Reply, ...]:
        own = await self._own.ask(command, body, deadline_s=deadline_s)
        return (*own, await answer(self._other._handlers, self._other.me, command, body))

    def on_ask(self, command: str, handler: OnAsk) -> None:
        self._own.on_ask(command, handler)
