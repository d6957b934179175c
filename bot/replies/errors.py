"""Handles the errors of commands and buttons: tells the caller and writes the log."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import msgspec
from discord import app_commands
from discord.ext import commands

from bot import catalog
from bot.access import Refusal, caller_of, hints, whom
from bot.replies import discord_codes
from bot.replies.context import HelixContext
from bot.replies.responding import whisper
from bot.text import embeds
from bot.text.words import quoted
from core.errors import HelixError, UnknownName, new_incident
from core.logs import EACH
from core.store.errors import StoreError
from core.text.discord_markdown import MarkdownError
from state.events import CommandFailed

if TYPE_CHECKING:
    from bot.catalog.entry import CommandEntry
    from bot.gateway.command_metrics import Outcome
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

# The form of a command in texts: `/alerts ack 3`.
_HINT = re.compile(r"`/([a-z0-9-]+)")

# The answers to calls that come during a stop, or are cancelled by it.
RESTARTING = "Helix is restarting. Try again in a moment."
CUT_OFF = "Helix is stopping, and this was cut off. Try again in a moment."
# The errors of a reply that could not be sent; for a closed session aiohttp raises RuntimeError.
UNSENT = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, RuntimeError)
_WRAPPERS = (
    commands.HybridCommandError,
    commands.CommandInvokeError,
    commands.ConversionError,
    app_commands.CommandInvokeError,
)


class Explained(msgspec.Struct, frozen=True):
    """An error as the caller and the metrics see it.

    Attributes:
        text: the message to the caller; None if there is none.
        incident: the id of the traceback in the log; None unless it is an error of Helix.
    """

    outcome: Outcome
    text: str | None
    incident: str | None = None


def unwrap(error: BaseException) -> BaseException:
    """The original error, without discord.py's wrappers."""
    while True:
        inner: BaseException | None = None
        if isinstance(error, _WRAPPERS):
            inner = error.original
        elif type(error) in {commands.CheckFailure, app_commands.AppCommandError}:
            inner = error.__cause__
        if inner is None:
            return error
        error = inner


def explain(
    error: BaseException, entry: CommandEntry | None, prefix: str, typed_after: str = "/"
) -> Explained:
    """Explain the error to the caller of `entry`; unexpected errors get an incident id.

    The text shows commands the way the caller types them: `typed_after` is the prefix or a slash.
    """
    error = unwrap(error)
    if isinstance(error, HelixError):
        return Explained("refused" if isinstance(error, Refusal) else "told", _readable(error, typed_after))
    explained = _explain_input(error, entry, prefix) or _explain_discord(error)
    if explained is not None:
        return explained
    incident = new_incident()
    return Explained("failed", f"Something went wrong on our side (incident `{incident}`).", incident)


def _readable(error: HelixError, typed_after: str) -> str:
    text = str(error)
    if isinstance(error, UnknownName):
        before, name, after = text.partition(repr(error.name))
        if error.suggestion is not None:
            after = after.replace(repr(error.suggestion), quoted(error.suggestion), 1)
        text = f"{before}{quoted(error.name) if name else ''}{after}"
    if not isinstance(error, MarkdownError):
        # Text that a person typed must not become a link in the reply; code stays code.
        text = embeds.advice(text, embeds.CONTENT_LIMIT)
    return embeds.clip(_typed(text, typed_after), embeds.CONTENT_LIMIT)


def _typed(text: str, after: str) -> str:
    """The text with each command in the form that the caller types."""
    return _HINT.sub(lambda found: f"`{after}{found[1]}" if catalog.find(found[1]) else found[0], text)


def _explain_input(error: BaseException, entry: CommandEntry | None, prefix: str) -> Explained | None:
    if isinstance(error, commands.CommandOnCooldown):
        return Explained("cooldown", f"One moment: try again in {max(1, round(error.retry_after))} s.")
    if isinstance(error, commands.UserInputError | app_commands.TransformerError):
        return Explained("bad input", f"{_complaint(error)}{_usage(entry, prefix)}")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return Explained("unknown", "This command has changed. Reload Discord (Ctrl+R) and try again.")
    return None


def _explain_discord(error: BaseException) -> Explained | None:
    if isinstance(error, aiohttp.ClientError):
        return Explained("failed", "Discord could not be reached. Try again in a moment.")
    if not isinstance(error, discord.HTTPException):
        return None
    if error.code in discord_codes.ANSWERED_ELSEWHERE:
        return Explained("elsewhere", None)
    if discord_codes.kind_of(error) == "ours":
        return None
    # An outage counts as a failure; a refusal is an answer.
    outcome: Outcome = "failed" if error.status >= 500 else "told"
    return Explained(outcome, discord_codes.in_words(error))


async def report(
    target: HelixContext | discord.Interaction[Any], error: BaseException, *, where: str
) -> Outcome:
    """Tell the caller what went wrong, log it if needed, and return the outcome. Never raises."""
    context = target if isinstance(target, HelixContext) else None
    bot = target.bot if isinstance(target, HelixContext) else target.client
    entry = context.entry if context is not None and context.has_entry else None
    by_prefix = context is not None and context.interaction is None
    explained = explain(error, entry, bot.prefix, bot.prefix if by_prefix else "/")
    cause = unwrap(error)
    if explained.incident is not None:
        logger.error("incident.new id=%s where=%s", explained.incident, where, exc_info=cause, extra=EACH)
        await _tell_subscribers(bot, where, explained.incident, cause)
    elif explained.outcome == "elsewhere":
        logger.info("command.answered_elsewhere where=%s", where)
    elif explained.outcome == "failed" or isinstance(cause, discord.HTTPException):
        logger.warning("command.discord_trouble where=%s error=%s", where, in_short(cause))
    if isinstance(cause, Refusal):
        bot.kernel.refusals.count(cause.kind)
    text = explained.text
    if text is not None:
        if explained.incident is not None:
            text = f"{text} {whom.to_tell(bot, target.guild)}"
        await _tell(target, hints.fit(text, lambda: caller_of(target), bot.prefix), where)
    return explained.outcome


async def _tell_subscribers(bot: HelixBot, where: str, incident: str, cause: BaseException) -> None:
    event = CommandFailed(
        command=where, incident=incident, error=type(cause).__name__, failed_at=bot.kernel.clock.now()
    )
    try:
        await bot.collective.webhooks.emit(event)
    except StoreError as error:
        logger.warning("incident.untold id=%s error=%s", incident, error)


async def _tell(target: HelixContext | discord.Interaction[Any], text: str, where: str) -> None:
    try:
        if isinstance(target, discord.Interaction):
            if target.type is discord.InteractionType.autocomplete:
                return
            await whisper(target, text)
        else:
            await target.whisper(text)
    except UNSENT as error:
        logger.info("command.untold where=%s error=%s", where, in_short(error))


def _complaint(error: commands.UserInputError | app_commands.TransformerError) -> str:
    if isinstance(error, commands.MissingRequiredArgument):
        return f"`{error.param.displayed_name or error.param.name}` is missing."
    if isinstance(error, commands.ArgumentParsingError):
        return "A quotation mark is not closed. Close it, or leave it out."
    if isinstance(error, app_commands.TransformerError):
        return f"{quoted(str(error.value))} is not valid there."
    if isinstance(error, commands.BadLiteralArgument | commands.RangeError):
        return str(error)
    if isinstance(error, commands.BadArgument):
        return _bad_argument(error)
    return "An argument is not valid."


def _bad_argument(error: commands.BadArgument) -> str:
    if isinstance(error, commands.MemberNotFound):
        return (
            f"{quoted(error.argument)} is not a member here: mention the person, or write their whole name."
        )
    given = getattr(error, "argument", None)
    text = str(error)
    # discord.py's own text for a failed `int` or `float` names the type as Python does.
    if text.startswith('Converting to "int"'):
        name = text.rsplit('"', 2)[-2]
        return f"`{name}` must be a whole number."
    if text.startswith('Converting to "float"'):
        name = text.rsplit('"', 2)[-2]
        return f"`{name}` must be a number."
    return f"{quoted(str(given))} was not found." if given is not None else text


def _usage(entry: CommandEntry | None, prefix: str) -> str:
    if entry is None:
        return ""
    example = prefix + entry.example.removeprefix("!")
    return f"\nUsage: `{prefix}{entry.name} {entry.usage}`, for example `{example}`"


def in_short(error: BaseException) -> str:
    """A short form of the error for a log line: its type, and Discord's status and code."""
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__}:{error.status}:{error.code}"
    return type(error).__name__
