"""The context of a command: the caller, the place, and the way to answer."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import discord
import msgspec
from discord.ext import commands

from bot import access
from bot.access import hints
from bot.parts import HelixBot
from bot.replies import supplied_text
from bot.replies.replying import reply, send
from bot.replies.responding import respond, whisper
from bot.replies.waiting import Typing
from bot.text.embeds import check as embeds_check

if TYPE_CHECKING:
    from bot.catalog.entry import CommandEntry
    from bot.gateway.command_metrics import Outcome
    from core.errors import HelixError

T = TypeVar("T")

_NO_MENTIONS = discord.AllowedMentions.none()
_NONCE_LIMIT = 25
# The key of the outcome in an interaction's extras.
OUTCOME = "helix.outcome"
# The key of the time of the first answer.
ANSWERED = "helix.answered"
# The commands of a batch share one message; each has this many nonces.
_NONCES_PER_COMMAND = 1000


class _FromCatalog(Protocol):
    """Every command of Helix."""

    entry: CommandEntry


class HelixContext(commands.Context[HelixBot]):
    """One call of one command, by prefix or slash.

    Attributes:
        typing_shown: the typing indicator of a prefix command, until the first reply.
        lookup_error: why a command of the catalog cannot be run now.
        answered_at: the monotonic time of the first answer; None before it.
    """

    _outcome: Outcome = "ok"
    typing_shown: Typing | None = None
    lookup_error: HelixError | None = None
    answered_at: float | None = None
    _place: int = 0
    _numbers: Iterator[int] | None = None

    @property
    def has_entry(self) -> bool:
        """Whether a command of the catalog is being called; False for an unknown name."""
        return self.command is not None

    @property
    def entry(self) -> CommandEntry:
        """The catalog's entry of the command."""
        return cast("_FromCatalog", self.command).entry

    @cached_property
    def caller(self) -> access.Caller:
        """The caller with their current permissions here."""
        return access.caller_of(self)

    @property
    def at_home(self) -> bool:
        """Whether the reply may show who did something and why: at home, or to an owner in private."""
        return self.caller.sees_names

    @property
    def outcome(self) -> Outcome:
        """How the call ended."""
        return self._outcome

    @outcome.setter
    def outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if self.interaction is not None:
            # The command tree counts slash calls and sees only the interaction.
            self.interaction.extras[OUTCOME] = outcome

    def take_place(self, index: int) -> None:
        """Set the command's index in its batch, so that its replies get nonces of their own."""
        self._place = index

    async def say(
        self,
        text: str | None = None,
        *,
        embed: discord.Embed | None = None,
        embeds: Sequence[discord.Embed] = (),
        view: discord.ui.View | None = None,
        files: Sequence[discord.File] = (),
        ephemeral: bool | None = None,
        mention: discord.AllowedMentions = _NO_MENTIONS,
    ) -> discord.Message:
        """Reply; return the message, which can be edited.

        A prefix command gets a reply with a nonce, which prevents a second process from answering too. The
        reply to a slash command is ephemeral if `ephemeral` or else the catalog says so.

        Raises:
            ReplyTooLong: the reply exceeds Discord's limits.
            discord.HTTPException: Discord refused the reply.
        """
        shown = [self.fitted(one) for one in ([embed] if embed is not None else []) + list(embeds)]
        embeds_check(text, shown, view=view)
        parts: dict[str, Any] = {"allowed_mentions": mention}
        if text is not None:
            parts["content"] = text
        if shown:
            parts["embeds"] = shown
        if view is not None:
            parts["view"] = view
        if files:
            parts["files"] = list(files)
        return await self._deliver(parts, ephemeral)

    def fitted(self, card: discord.Embed) -> discord.Embed:
        """The card with notes on commands that the caller may not run."""
        return hints.fit_card(card, lambda: self.caller, self.bot.prefix)

    # Messageable.send has too many overloads to repeat, so the arguments are passed on.
    async def send(self, content: str | None = None, **parts: Any) -> discord.Message:  # noqa: ANN401 - as discord.py
        """Reply on behalf of discord.py's own code, with the same guarantees as `say`."""
        ephemeral = parts.pop("ephemeral", None)
        parts = {name: part for name, part in parts.items() if part is not None}
        if content is not None:
            parts["content"] = content
        one = parts.get("embed")
        embeds_check(content, [one] if one is not None else parts.get("embeds", []), view=parts.get("view"))
        parts.setdefault("allowed_mentions", _NO_MENTIONS)
        return await self._deliver(parts, ephemeral)

    async def whisper(self, text: str) -> None:
        """Send a short text to the caller: ephemeral by slash, a reply by prefix."""
        if self.interaction is not None and not self.interaction.is_expired():
            await whisper(self.interaction, text)
        else:
            await self._deliver({"content": text, "allowed_mentions": _NO_MENTIONS}, True)

    def cached(self, args_key: tuple[object, ...], build: Callable[[], T], tags: Collection[str]) -> T:
        """The command's data for these arguments, from the result cache or from `build`.

        Args:
            args_key: the arguments the data depends on, the action first; hashable.
            build: computes the data (never a message).
            tags: the sources of the data (state, agents, health, …); a change of one drops the entry.
        """
        ttl_s = self.entry.ttl_s
        if ttl_s is None:
            return build()
        cache = self.bot.result_cache(ttl_s)
        return cast("T", cache.get_or_build((self.entry.name, *args_key), build, tags).value)

    async def cached_async(
        self,
        args_key: tuple[object, ...],
        compute: Callable[[], Awaitable[T]],
        tags: Collection[str],
        *,
        kind: type[T] | None = None,
    ) -> T:
        """Like `cached` for an async computation, which concurrent callers share.

        Args:
            args_key: as for `cached`.
            compute: computes the data.
            tags: as for `cached`.
            kind: the type of the data, if other processes may use it: for data that depends on the shared
                state and the time alone, and tells of no person. msgspec must be able to encode it.
        """
        ttl_s = self.entry.ttl_s
        if ttl_s is None:
            return await compute()
        cache, key = self.bot.result_cache(ttl_s), (self.entry.name, *args_key)
        shared = self.bot.kernel.shared_cache
        if kind is None or shared is None or not cache.is_on:
            return cast("T", (await cache.fetch(key, compute, tags)).value)
        manager = self.bot.collective.manager

        def depends_on() -> bytes:
            return msgspec.json.encode((key, manager.snapshot.version, manager.snapshot.changed_at))

        found = await cache.fetch(
            key, lambda: shared.fetch_record(kind, depends_on, compute, ttl_s=ttl_s), tags
        )
        return cast("T", found.value)

    async def _deliver(self, parts: dict[str, Any], ephemeral: bool | None) -> discord.Message:
        try:
            message = await self._post(parts, ephemeral)
        except discord.HTTPException as error:
            refusal = supplied_text.refusal_of(error, parts, self._typed())
            if refusal is None:
                raise
            raise refusal from error
        if self.answered_at is None:
            self.answered_at = self.bot.kernel.clock.monotonic()
            if self.interaction is not None:
                self.interaction.extras[ANSWERED] = self.answered_at
        return message

    def _typed(self) -> list[str]:
        """The texts that the caller gave as arguments."""
        return [value for value in (*self.args, *self.kwargs.values()) if isinstance(value, str)]

    async def _post(self, parts: dict[str, Any], ephemeral: bool | None) -> discord.Message:
        if self.typing_shown is not None:
            self.typing_shown.stop()
        interaction = self.interaction
        private = self.entry.ephemeral if ephemeral is None and self.has_entry else bool(ephemeral)
        if interaction is None:
            return await reply(self.message, parts, nonce=self.next_nonce())
        if interaction.is_expired():
            target = self.author if private else self.channel
            return await send(target, parts, nonce=self.next_nonce())
        return await respond(interaction, parts, private=private)

    def next_nonce(self) -> str:
        """The nonce that prevents a duplicate of the next message."""
        if self._numbers is None:
            self._numbers = itertools.count(self._place * _NONCES_PER_COMMAND + 1)
        return f"{self.message.id}-{next(self._numbers)}"[:_NONCE_LIMIT]
