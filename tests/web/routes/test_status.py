import msgspec

from state.change import Change, JournalRow
from tests.web.helpers import Site


async def test_status_says_what_the_contract_says(site: Site) -> None:
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


async def test_who_did_something_and_why_shows_nowhere(site: Site) -> None:
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
