"""What a command is given: who calls, from where, and the one way to answer."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import discord
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
# Under which name an interaction carries how its call ended.
OUTCOME = "helix.outcome"
# Likewise, when it was first answered.
ANSWERED = "helix.answered"
# A batch's commands share one message; each has this many nonces of its own.
_NONCES_PER_COMMAND = 1000


class _FromCatalog(Protocol):
    """Every command of Helix."""

    entry: CommandEntry


class HelixContext(commands.Context[HelixBot]):
    """One call of one command, by prefix or slash.

    Attributes:
        typing_shown: what shows that a prefix command is at work, until the first reply.
        lookup_error: why a command that the catalog knows cannot be run now.
        answered_at: when the caller first read an answer, on the monotonic clock; None before that.
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
        """Who calls, with the powers they have here and now."""
        return access.caller_of(self)

    @property
    def at_home(self) -> bool:
        """Whether who did something and why may be shown: in the home server, or to an owner in private."""
        return self.caller.sees_names

    @property
    def outcome(self) -> Outcome:
        """How the call ended."""
        return self._outcome

    @outcome.setter
    def outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if self.interaction is not None:
            # The tree counts slash calls, and sees the interaction only.
            self.interaction.extras[OUTCOME] = outcome

    def take_place(self, index: int) -> None:
        """Say that this is the command at `index` of a batch: its replies get nonces of their own."""
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
        """Reply; gives the message, which can be edited.

        By prefix it answers the message, with a nonce that keeps a second process from answering too. By
        slash it is ephemeral as the catalog says, unless `ephemeral` says otherwise.

        Raises:
            ReplyTooLong: Discord would refuse it.
            discord.HTTPException: Discord did.
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
        """The card with its hints made to fit the caller."""
        return hints.fit_card(card, lambda: self.caller, self.bot.prefix)

    # The overloads of Messageable.send cannot be repeated here one by one; what they take is passed on.
    async def send(self, content: str | None = None, **parts: Any) -> discord.Message:  # noqa: ANN401 - as discord.py
        """Reply, as discord.py's own code paths do; with the same guarantees as `say`."""
        ephemeral = parts.pop("ephemeral", None)
        parts = {name: part for name, part in parts.items() if part is not None}
        if content is not None:
            parts["content"] = content
        one = parts.get("embed")
        embeds_check(content, [one] if one is not None else parts.get("embeds", []), view=parts.get("view"))
        parts.setdefault("allowed_mentions", _NO_MENTIONS)
        return await self._deliver(parts, ephemeral)

    async def whisper(self, text: str) -> None:
        """A short word to the caller: by slash nobody else sees it, by prefix it is a reply."""
        if self.interaction is not None and not self.interaction.is_expired():
            await whisper(self.interaction, text)
        else:
            await self._deliver({"content": text, "allowed_mentions": _NO_MENTIONS}, True)

    def cached(self, args_key: tuple[object, ...], build: Callable[[], T], tags: Collection[str]) -> T:
        """The command's data for these arguments, from the result cache or from `build`.

        Args:
            args_key: the arguments the data depends on, the action first; hashable.
            build: computes the data; what is kept is data, never a message.
            tags: what the data was read from (state, agents, health, …); a change of one drops it.
        """
        ttl_s = self.entry.ttl_s
        if ttl_s is None:
            return build()
        cache = self.bot.result_cache(ttl_s)
        return cast("T", cache.get_or_build((self.entry.name, *args_key), build, tags).value)

    async def cached_async(
        self, args_key: tuple[object, ...], compute: Callable[[], Awaitable[T]], tags: Collection[str]
    ) -> T:
        """Like `cached`, for data that must be waited for: computed once, however many ask at once."""
        ttl_s = self.entry.ttl_s
        if ttl_s is None:
            return await compute()
        cached = await self.bot.result_cache(ttl_s).fetch((self.entry.name, *args_key), compute, tags)
        return cast("T", cached.value)

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
        """What keeps the next message for this call from being posted twice."""
        if self._numbers is None:
            self._numbers = itertools.count(self._place * _NONCES_PER_COMMAND + 1)
        return f"{self.message.id}-{next(self._numbers)}"[:_NONCE_LIMIT]
