"""A small real discord.py bot in the sandbox, and a browser page beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import discord
import pytest
import yarl
from aiohttp import web
from discord import app_commands
from playwright.async_api import Page, expect

from sandbox import Sandbox, start_sandbox
from tests.browser_support import Tabs

NONSENSE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
LAYERS = ("Consciousness", "Operational", "Integration")
AGENTS = ("Kael", "Lumina", "Kavach", "Oracle")

CATALOG = {
    "commands": [
        {
            "name": "ping",
            "aliases": ["latency"],
            "usage": "",
            "summary": "Answers pong",
            "access": "everyone",
            "cog": "monitoring",
        },
        {
            "name": "pick",
            "aliases": [],
            "usage": "<thing>",
            "summary": "Picks something",
            "access": "admin",
            "cog": "fun",
        },
    ]
}


class _Panel(discord.ui.View):
    """A button and a menu that write what was chosen into their own message."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Press me", style=discord.ButtonStyle.primary, custom_id="panel:press")
    async def press(self, interaction: discord.Interaction, _button: discord.ui.Button["_Panel"]) -> None:
        await interaction.response.edit_message(content=f"pressed by {interaction.user.name}", view=self)

    @discord.ui.button(label="Silent", style=discord.ButtonStyle.danger, custom_id="panel:silent")
    async def silent(self, interaction: discord.Interaction, _button: discord.ui.Button["_Panel"]) -> None:
        """Never answers."""

    @discord.ui.button(label="Off", style=discord.ButtonStyle.secondary, disabled=True, custom_id="panel:off")
    async def off(self, interaction: discord.Interaction, _button: discord.ui.Button["_Panel"]) -> None:
        """Cannot be pressed."""

    @discord.ui.select(
        placeholder="Choose a layer",
        custom_id="panel:layer",
        options=[discord.SelectOption(label=name, description=f"About {name}") for name in LAYERS],
    )
    async def layer(self, interaction: discord.Interaction, select: discord.ui.Select["_Panel"]) -> None:
        await interaction.response.edit_message(content=f"chosen {select.values[0]}", view=self)

    @discord.ui.select(
        placeholder="Choose agents",
        custom_id="panel:agents",
        min_values=2,
        max_values=3,
        options=[discord.SelectOption(label=name, default=name in AGENTS[:2]) for name in AGENTS],
    )
    async def agents(self, interaction: discord.Interaction, select: discord.ui.Select["_Panel"]) -> None:
        await interaction.response.edit_message(content=f"agents {', '.join(select.values)}", view=self)

    @discord.ui.select(
        cls=discord.ui.UserSelect, placeholder="Choose people", custom_id="panel:people", max_values=2
    )
    async def people(self, interaction: discord.Interaction, select: discord.ui.UserSelect["_Panel"]) -> None:
        names = ", ".join(sorted(user.name for user in select.values))
        await interaction.response.edit_message(content=f"people {names}", view=self)


class _Form(discord.ui.Modal, title="A note"):
    """Answers with the submitted values."""

    name: discord.ui.TextInput["_Form"] = discord.ui.TextInput(
        label="Name", min_length=2, max_length=20, placeholder="What the note is called"
    )
    text: discord.ui.Label["_Form"] = discord.ui.Label(
        text="Text",
        description="As long as you like",
        component=discord.ui.TextInput(style=discord.TextStyle.paragraph, required=False, max_length=400),
    )
    layers: discord.ui.Label["_Form"] = discord.ui.Label(
        text="Layers",
        component=discord.ui.Select(
            max_values=3, options=[discord.SelectOption(label=name) for name in LAYERS], required=False
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        text, layers = self.text.component, self.layers.component
        assert isinstance(text, discord.ui.TextInput)
        assert isinstance(layers, discord.ui.Select)
        words = f"{len(text.value)} characters in {', '.join(layers.values)}"
        await interaction.response.send_message(f"kept {self.name.value}: {words}")


class PageBot(discord.Client):
    """A bot with the commands that the page's tests use."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.all(), allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.online = asyncio.Event()
        self.resumed = asyncio.Event()
        self.release = asyncio.Event()

    async def setup_hook(self) -> None:
        self.add_view(_Panel())
        _add_commands(self)
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.online.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot:
            return
        if message.content.startswith("!ping"):
            await message.reply(f"pong {message.content[5:].strip()}".strip())
        elif message.content.startswith("!panel"):
            await message.channel.send(f"panel {message.content[6:]}", view=_Panel(), embed=_card())
        elif message.content == "!nonsense":
            await message.channel.send(NONSENSE, embed=_nonsense())
        elif message.content == "!typing":
            async with message.channel.typing():
                await self.release.wait()
            await message.channel.send("typed")


def _card() -> discord.Embed:
    embed = discord.Embed(
        title="A card", description="**bold** words", colour=0x2F9E77, url="https://example.org/"
    )
    embed.add_field(name="Harmony", value="0.72", inline=True)
    embed.add_field(name="Gateway", value="`42 ms`", inline=False)
    embed.set_footer(text="the foot")
    return embed


def _nonsense() -> discord.Embed:
    embed = discord.Embed(title=NONSENSE, description=f"[click](javascript:alert(1)) {NONSENSE}")
    embed.add_field(name=NONSENSE, value=NONSENSE)
    embed.set_author(name=NONSENSE)
    embed.set_footer(text=NONSENSE)
    return embed


def _add_commands(bot: PageBot) -> None:
    @bot.tree.command(name="agents", description="The agents by layer")
    @app_commands.choices(layer=[app_commands.Choice(name=name, value=name) for name in LAYERS])
    async def agents(interaction: discord.Interaction, layer: str = "all") -> None:
        await interaction.response.send_message(f"agents of {layer}")

    @bot.tree.command(name="agent", description="One agent")
    async def agent(
        interaction: discord.Interaction, name: str, days: app_commands.Range[int, 1, 30] = 7
    ) -> None:
        await interaction.response.send_message(f"agent {name} over {days} days")

    @agent.autocomplete("name")
    async def complete(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        found = (name for name in AGENTS if name.lower().startswith(current.lower()))
        return [app_commands.Choice(name=name, value=name) for name in found]

    @bot.tree.command(name="secret", description="For one pair of eyes")
    async def secret(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("a whisper", ephemeral=True)

    @bot.tree.command(name="later", description="Takes its time")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await bot.release.wait()
        await interaction.followup.send("at last")

    @bot.tree.command(name="census", description="Counts the people of a server")
    @app_commands.allowed_contexts(guilds=True)
    async def census(interaction: discord.Interaction) -> None:
        members = interaction.guild.member_count if interaction.guild is not None else 0
        await interaction.response.send_message(f"{members} people")

    @bot.tree.command(name="mute", description="Never answers")
    async def mute(interaction: discord.Interaction) -> None:
        """Never answers."""

    @bot.tree.command(name="form", description="Asks for a note")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(_Form())

    del form, agents, secret, later, census, mute  # the tree keeps them


@dataclass(frozen=True, slots=True)
class Stage:
    """The sandbox with its bot and the browser."""

    sandbox: Sandbox
    bot: PageBot
    tabs: Tabs

    @asynccontextmanager
    async def page(
        self,
        user: str = "owner",
        channel: str = "general",
        *,
        width: int = 1280,
        height: int = 800,
        has_clock: bool = False,
    ) -> AsyncIterator[Page]:
        """Opens the page as a user in a channel of the home server.

        The page must neither log an error nor raise one, a breach of its content security policy included.
        """
        async with self.tabs.page(has_clock=has_clock) as page:
            await page.set_viewport_size({"width": width, "height": height})
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
            await page.goto(f"{self.sandbox.page_url}?as={user}&in=Helix+Home&channel={channel}")
            await expect(page.locator("#bot-state")).to_have_text("Bot online")
            yield page
            unexpected = [line for line in problems if "Failed to load resource" not in line]
            assert unexpected == []


async def stop_clock(page: Page) -> None:
    """Stops the timers of a page with an installed clock until the test moves it."""
    await page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


@asynccontextmanager
async def open_stage(tabs: Tabs) -> AsyncIterator[Stage]:
    """Starts a sandbox, a `/commands` server and the bot; ends all of them."""
    async with _serve_catalog() as commands_url:
        sandbox = await start_sandbox(commands_url=commands_url)
        # The stage's loop stands still while tests with loops of their own run, and cannot answer then.
        sandbox.engine.gateway.heartbeat_s = 3600.0
        try:
            async with _run_bot(sandbox) as bot:
                yield Stage(sandbox, bot, tabs)
        finally:
            await sandbox.stop()


@asynccontextmanager
async def _run_bot(sandbox: Sandbox) -> AsyncIterator[PageBot]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", sandbox.api_url)
        patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
        patch.setattr(discord.Asset, "BASE", sandbox.cdn_url)
        async with PageBot() as bot:
            task = asyncio.create_task(bot.start(sandbox.token), name="page-bot")
            try:
                await asyncio.wait_for(bot.online.wait(), timeout=40)
                yield bot
            finally:
                await bot.close()
                await task


@asynccontextmanager
async def _serve_catalog() -> AsyncIterator[str]:
    async def commands(_request: web.Request) -> web.Response:
        return web.json_response(CATALOG)

    app = web.Application()
    app.router.add_get("/commands", commands)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/commands"
    finally:
        await runner.cleanup()
