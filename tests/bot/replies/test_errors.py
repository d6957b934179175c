"""What a caller is told of an error, and what is an incident."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot import catalog
from bot.access import Refusal
from bot.replies.errors import explain, unwrap
from core.errors import HelixError, UnknownName, new_incident

AGENT = catalog.find("agent")


def http_error(status: int, code: int) -> discord.HTTPException:
    response = cast("Any", SimpleNamespace(status=status, reason="for a test"))
    return discord.HTTPException(response, {"code": code, "message": "no"})


def wrapped(error: Exception) -> Exception:
    """As it arrives from the body of a hybrid command called by slash."""
    command = cast("Any", SimpleNamespace(name="agent"))
    return commands.HybridCommandError(app_commands.CommandInvokeError(command, error))


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


def test_the_wrappers_of_discord_py_are_taken_off() -> None:
    inner = KeyError("x")
    assert unwrap(wrapped(inner)) is inner
    assert unwrap(commands.CommandInvokeError(inner)) is inner
    assert unwrap(caused(app_commands.AppCommandError(), inner)) is inner
    assert unwrap(caused(commands.CheckFailure(), inner)) is inner
    assert unwrap(inner) is inner


def test_an_error_with_a_cause_of_its_own_keeps_its_own_text() -> None:
    error = caused(HelixError("read me"), KeyError("inside"))
    assert explain(error, AGENT, "!").text == "read me"


def test_a_refusal_is_told_as_it_is() -> None:
    explained = explain(caused(commands.CheckFailure(), Refusal("level", "No.")), AGENT, "!")
    assert (explained.outcome, explained.text, explained.incident) == ("refused", "No.", None)


def test_what_somebody_typed_is_no_markdown_in_the_answer() -> None:
    typed = "[free](https://example.org) `x` @everyone"
    explained = explain(UnknownName(typed, ("Kael",)), AGENT, "!")
    assert explained.text == f"There is no name called `{typed.replace('`', 'ˋ')}`. Known: Kael."


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (HelixError("x"), "told"),
        (http_error(400, 40060), "elsewhere"),
        (http_error(404, 10062), "elsewhere"),
        (http_error(404, 10008), "elsewhere"),
        (http_error(403, 50013), "told"),
        (http_error(403, 50001), "told"),
        (http_error(503, 0), "failed"),
        (aiohttp.ClientConnectionError(), "failed"),
        (app_commands.CommandNotFound("x", []), "unknown"),
    ],
)
def test_what_is_no_fault_of_ours_is_no_incident(error: Exception, outcome: str) -> None:
    explained = explain(wrapped(error), AGENT, "!")
    assert explained.outcome == outcome
    assert explained.incident is None
    assert (explained.text is None) == (outcome == "elsewhere")


@pytest.mark.parametrize(
    "error", [ValueError("secret"), http_error(400, 50035), AssertionError("secret"), TimeoutError()]
)
def test_the_unexpected_is_an_incident_and_says_nothing_of_the_inside(error: Exception) -> None:
    explained = explain(wrapped(error), AGENT, "!")
    assert explained.outcome == "failed"
    assert explained.incident is not None
    assert explained.text is not None
    assert explained.incident in explained.text
    assert "secret" not in explained.text


def test_incidents_differ_and_are_short_enough_to_read_out() -> None:
    assert len({new_incident() for _ in range(100)}) == 100
    assert len(new_incident()) == 8


def parameter(name: str) -> commands.Parameter:
    return commands.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (commands.MissingRequiredArgument(parameter("name")), "`name` is missing."),
        (commands.ExpectedClosingQuoteError('"'), "A quotation mark is not closed"),
        (commands.BadArgument('Converting to "int" failed for parameter "days".'), "`days` must be a whole"),
        (commands.BadArgument('Converting to "float" failed for parameter "v".'), "`v` must be a number."),
        (commands.MemberNotFound("@everyone `x`"), "`@everyone ˋxˋ` is not a member here"),
        (commands.ChannelNotFound("lobby"), "`lobby` was not found."),
        (commands.BadArgument("plain words"), "plain words"),
        (commands.BadLiteralArgument(parameter("x"), ("a", "b"), [], "c"), "Could not convert"),
        (commands.TooManyArguments(), "An argument is not valid."),
    ],
)
def test_bad_input_is_answered_with_what_was_wrong_and_the_usage(error: Exception, text: str) -> None:
    explained = explain(error, AGENT, "?")
    assert explained.outcome == "bad input"
    assert explained.text is not None
    assert explained.text.startswith(text)
    assert "Usage: `?agent <name>`, for example `?agent Lumina`" in explained.text


def test_a_value_that_a_slash_option_cannot_take_is_quoted() -> None:
    transformer = cast("Any", SimpleNamespace(_error_display_name="x"))
    error = app_commands.TransformerError("so", discord.AppCommandOptionType.string, transformer)
    assert (explain(error, None, "!").text or "").startswith("`so` is not valid there.")


def test_a_cooldown_says_how_long() -> None:
    error = commands.CommandOnCooldown(commands.Cooldown(5, 10.0), 3.4, commands.BucketType.user)
    assert explain(error, AGENT, "!").text == "One moment: try again in 3 s."
    error = commands.CommandOnCooldown(commands.Cooldown(5, 10.0), 0.1, commands.BucketType.user)
    assert explain(error, AGENT, "!").text == "One moment: try again in 1 s."


class Told(HelixError):
    """What a command says."""


def test_a_text_names_commands_as_the_caller_calls_them() -> None:
    error = Told("As in `/alerts ack 3`; `/alerts` lists them, and `/etc/alerts` is a path.")
    assert explain(error, AGENT, "?", "?").text == (
        "As in `?alerts ack 3`; `?alerts` lists them, and `/etc/alerts` is a path."
    )
    assert explain(error, AGENT, "?").text == str(error)


def test_a_name_that_was_mistyped_and_what_was_meant_are_code_and_the_rest_is_as_the_caller_types() -> None:
    class Unknown(UnknownName):
        kind = "metric"

    near = Unknown("harmny", ("harmony",))
    assert (
        explain(near, AGENT, "?", "?").text == "There is no metric called `harmny`. Did you mean `harmony`?"
    )
    other = Unknown("`/status` x", ())
    other.args = (f"There is no metric called {other.name!r}. `/ucf` lists them.",)
    assert explain(other, AGENT, "?", "?").text == (
        "There is no metric called `ˋ/statusˋ x`. `?ucf` lists them."
    )
