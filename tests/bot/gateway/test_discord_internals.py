"""Every member of discord.py that Helix uses without a promise in its documentation.

Where one of these fails after an upgrade of discord.py, its message says what is gone, who used it and what
to do.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands, gateway, http, state
from discord.ext import commands
from discord.ext.commands import view

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).resolve().parents[3]
ADAPTER = ROOT / "bot/gateway/discord_internals.py"
CHECKED_WITH = "2.7"


@dataclass(frozen=True)
class Member:
    """One member.

    Attributes:
        owner: the class (or module) that has it.
        text: what the source of the owner, or of the member, must say; empty where its being there is enough.
        used_by: the part of Helix.
        to_do: what to do where it has changed.
    """

    owner: Any
    name: str
    used_by: str
    to_do: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


ADAPTED = (
    Member(
        discord.Client, "_connection", "EarlyBot.wrap_parser", "find what has the parsers", "self._connection"
    ),
    Member(
        state.ConnectionState,
        "parsers",
        "EarlyBot.wrap_parser",
        "find the table of parsers by event, or let on_message drop what is no command",
        "self.parsers",
    ),
    Member(state.ConnectionState, "parse_message_create", "EarlyBot.wrap_parser", "wrap what took its place"),
    Member(
        discord.Client, "_listeners", "EarlyBot.is_awaited", "find where wait_for keeps its futures",
        "self._listeners",
    ),
    Member(
        commands.bot.BotBase, "extra_events", "EarlyBot.is_awaited", "find where add_listener keeps them",
        "self.extra_events",
    ),
    Member(
        app_commands.CommandTree, "_call", "WholeCallTree", "find what runs a whole slash call",
        "(self, interaction: Interaction[ClientT]) -> None",
    ),
    Member(
        app_commands.CommandTree, "_from_interaction", "WholeCallTree", "find what calls the override",
        "self._call(interaction)",
    ),
    Member(
        commands.CooldownMapping, "_verify_cache_integrity", "CooldownSweep",
        "find what drops unused buckets", "(self, current: Optional[float] = None) -> None",
    ),
    Member(
        commands.CooldownMapping, "get_bucket", "CooldownSweep", "find what calls the override",
        "self._verify_cache_integrity(current)",
    ),
    Member(
        discord.InteractionResponse, "_response_type", "note_response",
        "find what is_done() reads, and set that",
    ),
    Member(
        discord.InteractionResponse, "is_done", "note_response", "find what it reads now",
        "self._response_type is not None",
    ),
    Member(
        app_commands.Command, "_params", "drop_choices", "find where a command keeps its options",
        "self._params",
    ),
    Member(
        app_commands.transformers.CommandParameter, "choices", "drop_choices",
        "find what holds an option's fixed choices",
    ),
    Member(http.Route, "BASE", "set_addresses", "find where the API's address is kept"),
    Member(
        gateway.DiscordWebSocket, "DEFAULT_GATEWAY", "set_addresses", "find where its address is kept"
    ),
    Member(discord.Asset, "BASE", "set_addresses", "find where the CDN's address is kept"),
    Member(discord.VoiceClient, "warn_nacl", "silence_voice", "drop it where the warning is gone"),
    Member(discord.VoiceClient, "warn_dave", "silence_voice", "drop it where the warning is gone"),
    Member(http.HTTPClient, "request", "find_gateway", "find what asks a route"),
    Member(
        http.HTTPClient, "bulk_upsert_global_commands", "register_commands", "find what replaces all commands"
    ),
    Member(http.HTTPClient, "close", "reset_session", "find how a session is closed"),
    Member(http.HTTPClient, "clear", "reset_session", "find how a closed client is made new"),
    Member(
        http.HTTPClient, "connector", "reset_session", "look whether login makes a connector of its own",
        "if self.connector is MISSING",
    ),
    Member(
        discord.client, "Client", "RECONNECTING", "read how a reconnect is logged now",
        "_log.exception('Attempting a reconnect",
    ),
    *(
        Member(view.StringView, name, "StringView", "rewrite bot/arguments to the new parser", text)
        for name, text in (
            ("buffer", "self.buffer"), ("index", "self.index"), ("previous", "self.previous"), ("eof", ""),
            ("get_word", ""), ("get_quoted_word", ""), ("read_rest", ""),
        )
    ),
)  # fmt: skip
# Public by their names, and missing in the documentation: what Helix overrides or reads elsewhere.
ELSEWHERE = (
    Member(
        discord.Client, "dispatch", "bot/dispatch/client.py", "find what hands an event to its listeners",
        "(self, event: str, /, *args: Any, **kwargs: Any) -> None",
    ),
    Member(
        commands.Command, "dispatch_error", "bot/dispatch/command.py", "find what reports a command's error"
    ),
    Member(
        commands.Command, "call_before_hooks", "bot/dispatch/command.py",
        "find a place between the arguments and the body",
    ),
    Member(commands.Command, "module", "bot/loading/swap.py", "find a command's module", "self.module"),
    Member(app_commands.Command, "module", "bot/loading/swap.py", "find a command's module", "self.module"),
)  # fmt: skip


@pytest.mark.parametrize("member", [*ADAPTED, *ELSEWHERE], ids=str)
def test_discord_py_still_has(member: Member) -> None:
    found = getattr(member.owner, member.name, None)
    source = inspect.getsource(found if callable(found) else member.owner)
    is_there = member.text in source if member.text else found is not None
    assert is_there, (
        f"discord.py {discord.__version__} has no {member} as Helix uses it (in {member.used_by}):"
        f" {member.to_do}."
    )


def test_this_discord_py_was_checked() -> None:
    names = "\n".join(f"  {member}: {member.used_by}" for member in (*ADAPTED, *ELSEWHERE))
    assert discord.__version__.startswith(f"{CHECKED_WITH}."), (
        f"Helix was checked with discord.py {CHECKED_WITH}, and this is {discord.__version__}. Read in its"
        f" release notes and source what became of these, run tests/bot, then set CHECKED_WITH:\n{names}"
    )


def test_the_adapter_uses_what_is_named_here_and_nothing_else() -> None:
    named = {member.name for member in ADAPTED}
    assert _private_names(ADAPTER) <= named
    source = ADAPTER.read_text(encoding="utf-8")
    for member in ADAPTED:
        assert member.used_by.split(".")[0] in source, f"{member} is not used any more: take it out here."


def test_nothing_else_touches_a_private_member() -> None:
    found = {
        file.relative_to(ROOT): names
        for file in ROOT.glob("bot/**/*.py")
        if file != ADAPTER and (names := _private_names(file))
    }
    assert found == {}, "Put these into bot/gateway/discord_internals.py, and name them above."


def test_nothing_else_imports_an_undocumented_module() -> None:
    hidden = ("discord.http", "discord.gateway", "discord.state", "discord.ext.commands.view")
    for file in ROOT.glob("bot/**/*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        }
        assert file == ADAPTER or not imported.intersection(hidden), file


def _private_names(file: Path) -> set[str]:
    """The private attributes that the file uses and does not define itself."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    used, own = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.add(node.name)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {
                name.id if isinstance(name, ast.Name) else name.attr
                for target in targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
                or (isinstance(name, ast.Attribute) and ast.unparse(name.value) in {"self", "cls"})
            }
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
    return {name for name in used - own if name.startswith("_") and not name.endswith("__")}
