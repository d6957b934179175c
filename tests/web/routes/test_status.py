import msgspec

from state.change import Actor, Change, JournalRow
from tests.web.helpers import Site


async def test_status_follows_its_contract(site: Site) -> None:
    status = (await site.get("/status")).json()
    assert {
        "status",
        "assessment",
        "version",
        "started_at",
        "ucf",
        "agents",
        "gateway",
        "webhooks",
        "ritual",
    } <= (status.keys())
    assert status["status"] in {"pass", "warn", "fail"}
    assert set(status["ucf"]) == {"harmony", "resilience", "prana", "drishti", "klesha", "zoom"}
    assert status["agents"]["total"] == 14
    assert status["started_at"] == "2026-01-01T12:00:00Z"
    assert set(status["state"]) == {"version", "changed_at", "source"}


async def test_actors_and_reasons_are_not_sent(site: Site) -> None:
    row = JournalRow(
        kind="ucf",
        subject="harmony",
        actor="Shadow Walker",
        actor_id=42,
        cause="command",
        reason="a private reason",
        before=1.0,
        after=0.6,
    )
    await site.collective.manager.change(
        lambda snapshot: Change(ucf=msgspec.structs.replace(snapshot.ucf, harmony=0.6), journal=(row,))
    )
    for path in (
        "/",
        "/status",
        "/health",
        "/agents",
        "/ucf",
        "/commands",
        "/metrics",
        "/metrics?format=json",
    ):
        body = (await site.get(path)).body
        assert b"Shadow Walker" not in body
        assert b"a private reason" not in body


async def test_the_running_and_the_last_ritual_show_at_once_and_nothing_moves_between(site: Site) -> None:
    assert (await site.get("/status")).json()["ritual"] is None
    run = await site.collective.rituals.start(1000, actor=Actor("command", "Shadow Walker", 42))
    first = await site.get("/status")
    assert first.json()["ritual"] == {
        "id": run.id,
        "kind": "z88",
        "status": "running",
        "steps": 1000,
        "started_at": "2026-01-01T12:00:00Z",
        "ended_at": None,
    }
    run.advance(500)
    assert (await site.get("/status")).body == first.body
    await site.collective.rituals.cancel("a private reason", Actor("command", "Shadow Walker", 42))
    last = await site.get("/status")
    assert last.json()["ritual"]["status"] == "cancelled"
    assert b"Shadow" not in last.body
    assert b"private" not in last.body
