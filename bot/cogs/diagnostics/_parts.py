"""Every check except those of the HTTP routes."""

from __future__ import annotations

import secrets

from bot.cards import field_pictures
from bot.cogs.diagnostics._model import Bench, Finding
from bot.text import words
from core.files.reading import RefusedEdit, UnreadFile, read_edit_file
from state.change import Change
from state.projection.agents_document import AgentsDocument
from state.projection.documents import UCFDocument

_MARKER = "self-test"
_DRAWN = 32
_MOST_ALERTS = 5
_PNG = b"\x89PNG\r\n\x1a\n"


async def check_cog(name: str, bench: Bench) -> Finding:
    """Load the cog if necessary; it stays loaded, as after the first use of a command."""
    loader = bench.bot.loader
    status = next(one for one in loader.status() if one.name == name)
    if status.state == "disabled":
        return Finding("skipped", "an admin unloaded it")
    if status.error is not None:
        return Finding("fail", f"{status.error.type}: {status.error.message}")
    if status.state == "loaded":
        return Finding(text="loaded")
    await loader.ensure(name)
    return Finding(text="loaded just now")


async def check_health(name: str, bench: Bench) -> Finding:
    """Refresh the health checks and return the result of this one."""
    health = bench.bot.kernel.health
    health.refresh()
    check = next((check for check in health.checks() if check.name == name), None)
    if check is None:
        return Finding("skipped", "this check no longer exists")
    return Finding(check.status, check.reason)


async def check_store_read(bench: Bench) -> Finding:
    """Read from the store."""
    entries = await bench.bot.collective.journal.count()
    return Finding(text=words.count(entries, "journal entry", "journal entries"))


async def check_state_write(bench: Bench) -> Finding:
    """Write a marker to the journal, read it back, and compare the stored UCF with the one in memory."""
    collective = bench.bot.collective
    marker = secrets.token_hex(8)
    before = collective.manager.snapshot
    row = bench.actor.row(_MARKER, "marker", after=marker)
    after = await collective.manager.change(lambda _: Change(journal=(row,)))
    found = await collective.journal.entries(kinds=(_MARKER,), limit=10)
    if marker not in {entry.after for entry in found}:
        return Finding("fail", "the marker was written but is not in the journal")
    kept = await collective.journal.ucf_at(bench.bot.kernel.clock.now())
    # Comparable only if nobody else has changed the state in the meantime.
    if after.version == before.version == collective.manager.snapshot.version and kept != after.ucf:
        return Finding("fail", "the UCF in the store differs from the one in memory")
    return Finding(text=f"version {after.version}")


async def check_projected_files(bench: Bench) -> Finding:
    """Read the editable files and parse them as state."""
    kernel = bench.bot.kernel
    for document in (UCFDocument(), AgentsDocument()):
        try:
            content = await read_edit_file(kernel.settings.data_dir / document.name)
            if content is None:
                return Finding("fail", f"{document.name} is missing")
            document.parse(content, kernel.clock.now())
        except (RefusedEdit, UnreadFile) as error:
            return Finding("fail", f"{document.name} is not valid: {error}")
    return Finding(text=f"{UCFDocument().name} and {AgentsDocument().name}")


async def check_alerts(bench: Bench) -> Finding:
    """Warn about open alerts, acknowledged or not."""
    summaries = [f"{alert.summary} ({alert.severity})" for alert in bench.bot.collective.alerts.open()]
    if not summaries:
        return Finding(text="none")
    more = f"; and {len(summaries) - _MOST_ALERTS} more" if len(summaries) > _MOST_ALERTS else ""
    return Finding("warn", "; ".join(summaries[:_MOST_ALERTS]) + more)


async def check_worker(bench: Bench) -> Finding:
    """Ask the worker process for a picture."""
    ucf = bench.bot.collective.manager.snapshot.ucf
    picture = await field_pictures.draw(bench.bot.kernel.worker.run, ucf, "julia", _DRAWN)
    if not picture.png.startswith(_PNG):
        return Finding("fail", "the worker returned something other than a PNG")
    return Finding(text=words.size(len(picture.png)))


async def check_gateway(bench: Bench) -> Finding:
    """Ask the gateway for the bot's own membership and wait for the answer."""
    bot = bench.bot
    if not bot.gateway.ready.is_set() or bot.user is None:
        return Finding("fail", f"not connected to Discord: {bot.gateway.problem}")
    guild = next((guild for guild in bot.guilds if not guild.unavailable), None)
    if guild is None:
        return Finding("skipped", "Helix is not in any server")
    members = await guild.query_members(user_ids=[bot.user.id], cache=False)
    if [member.id for member in members] != [bot.user.id]:
        return Finding("fail", "the gateway does not find the bot in its own server")
    return Finding()
