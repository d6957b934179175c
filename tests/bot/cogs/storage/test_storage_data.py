"""Arguments and screens of the storage commands, without Discord."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from bot.cogs.storage import _arguments, _screens
from bot.cogs.storage._arguments import WrongBackup
from state.backups import BackupRecord
from state.change import Actor, Change
from state.collective import Collective
from state.models import AgentReport
from state.privacy.retention import Cleaned
from state.reports import AlertLine, CheckLine, RitualLine
from state.reports.markdown import render_markdown
from state.views.storage import fetch_storage
from tests.bot.cogs.talk import text_of

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = BackupRecord(
    id=3,
    status="good",
    file="helix-3-20260101T000000Z.tar.gz",
    begun_at=MOMENT,
    finished_at=MOMENT,
    size_bytes=2**20,
    sha256="ab",
    cause="command",
    actor="A*da",
    detail="services.json was left out: it is a link",
)


def shown(embed: object) -> str:
    return text_of({"content": "", "embeds": [embed.to_dict()]})  # type: ignore[attr-defined]  # an embed


@pytest.mark.parametrize(("word", "number"), [("3", 3), (" #12 ", 12)])
def test_an_id_may_begin_with_a_hash(word: str, number: int) -> None:
    assert _arguments.parse_backup("verify", word) == number


@pytest.mark.parametrize("word", ["", "x", "-1", "1.5", "²", "1" * 10, "##3"])
def test_a_text_that_is_no_id_is_refused(word: str) -> None:
    with pytest.raises(WrongBackup, match="is not a backup's id"):
        _arguments.parse_backup("verify", word)


def test_only_verify_takes_an_id_and_needs_one() -> None:
    assert _arguments.parse_backup("create", None) is None
    with pytest.raises(WrongBackup, match="has no arguments"):
        _arguments.parse_backup("create", "3")
    with pytest.raises(WrongBackup, match="Give the backup's id"):
        _arguments.parse_backup("verify", None)


def test_names_are_shown_only_at_home() -> None:
    assert "A\\*da" in shown(_screens.backups([RECORD], 0, names=True).embed)
    assert "da" not in shown(_screens.backups([RECORD], 0, names=False).embed).replace("data", "")
    assert "left out" in shown(_screens.backups([RECORD], 5, names=False).embed)


def test_a_backup_says_what_was_left_out_and_how_it_is_brought_back() -> None:
    text = shown(_screens.made(RECORD, keep=7))
    assert "⚠️ services.json was left out" in text
    assert "restore FILE" in text
    assert "The newest 7 are kept" in text


def test_a_bad_backup_says_why() -> None:
    bad = msgspec.structs.replace(RECORD, status="bad", detail="The backup is damaged.")
    assert "**Do not rely on it.**\nThe backup is damaged." in shown(_screens.verified(bad))


def test_a_clean_up_lists_only_what_it_removed() -> None:
    text = shown(_screens.cleaned(Cleaned(removed={"journal": 3, "probes": 0})))
    assert "**journal** 3 removed" in text
    assert "probes" not in text


async def test_sizes_add_up(collective: Collective) -> None:
    folder = collective.kernel.settings.data_dir
    (folder / "helix.db.v12.bak").write_bytes(bytes(1000))
    record = await collective.backups.create(Actor("command", "Ada", 7))
    view = await fetch_storage(collective)
    assert (view.copies, view.backups, view.backups_count) == (1000, record.size_bytes, 1)
    assert view.database > 0
    assert view.journal_entries == 1
    assert view.journal_bytes > 60
    assert view.files == sum(
        (folder / name).stat().st_size for name in ("ucf_state.json", "agents.json", "services.json")
    )
    text = shown(_screens.storage(view))
    assert "**Copies from before schema changes** 1000 B" in text
    assert "last good" in text


async def test_reports_of_the_self_test_count(collective: Collective) -> None:
    assert (await fetch_storage(collective)).reports == 0
    folder = collective.kernel.settings.data_dir / "reports"
    folder.mkdir()
    (folder / "self-test.md").write_text("green")
    view = await fetch_storage(collective)
    assert view.reports == 5
    assert "**Self-test reports** 5 B" in (_screens.storage(view).description or "")


async def test_a_report_is_whole_as_markdown_and_json(collective: Collective) -> None:
    now = collective.kernel.clock.now()
    heartbeat = AgentReport(agent="Claude", status="degraded", reported_at=now, task="x|y <b>\n# z")
    await collective.manager.change(lambda _: Change(reports={"Claude": heartbeat}))
    collective.kernel.health.report("odd", "warn", "a | b <script>", action="Look.")
    steps: list[tuple[int, int, str]] = []
    report = await collective.reports.build(Actor("schedule"), lambda *step: steps.append(step))
    total = len(collective.probes.services) + 2
    assert steps[-1] == (total, total, "report")
    report = msgspec.structs.replace(
        report,
        checks=(CheckLine("odd", "warn", "a | b <script>", "[Look](https://evil.example)."),),
        alerts=(AlertLine("x", "critical", "Klesha is high", MOMENT),),
        ritual=RitualLine(4, "z88", "done", 108, 108, MOMENT),
        folklore={"flare": 6},
        services=(),
    )
    markdown = render_markdown(report)
    for line in (
        "- **odd** warn: a \\| b &lt;script> \\[Look](https\\://evil.example).",
        "- **alert** critical: Klesha is high (since 2026-01-01 00:00 UTC)",
        "- ritual 4 (z88): done, step 108 of 108, begun 2026-01-01 00:00 UTC",
        "- flare: met in 6 rituals",
        "## Services\n\nNothing.",
    ):
        assert line in markdown
    decoded = json.loads(report.as_json())
    assert decoded["alerts"][0]["key"] == "x"
    assert "🔔 **critical** Klesha is high" in shown(_screens.report(report))
