"""Full-text search: what is found, by whom, in which order, and that no text is ever a syntax error."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store import Store
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.tx import Tx
from state.change import Actor, JournalRow
from state.contexts import Contexts, last_rituals
from state.journal import Journal
from state.manager import StateManager
from state.opening import open_collective
from state.schema import STATE_MIGRATIONS
from state.search import HIT_BEGINS, HIT_ENDS, Found, Search, search_table
from state.search.query import WrongQuery, as_fts5, parse_query
from state.search.search_table import Wanted
from tests.manual_clock import ManualClock

ADA = Actor("command", "Ada", 5)


@pytest.fixture
def search(database: Store, clock: ManualClock) -> Search:
    return Search(database, clock)


def row(subject: str, **parts: object) -> JournalRow:
    plain = JournalRow(kind="agent", subject=subject, cause="command", before="active", after="down")
    return msgspec.structs.replace(plain, **parts)


def subjects(found: Found) -> list[str]:
    return [hit.title.replace(HIT_BEGINS, "").replace(HIT_ENDS, "") for hit in found.hits]


async def test_all_words_are_wanted_in_any_case_and_without_accents(
    manager: StateManager, search: Search
) -> None:
    await manager.record(row("Vega", after="café closed"), row("Vega"), row("Kael", after="Cafe"))
    assert subjects(await search.find("vega CAFE", people=False)) == ["agent Vega"]


async def test_hits_are_marked_in_title_and_text(manager: StateManager, search: Search) -> None:
    await manager.record(row("Vega"))
    hit = (await search.find("vega down", people=False)).hits[0]
    assert hit.title == f"agent {HIT_BEGINS}Vega{HIT_ENDS}"
    assert f"{HIT_BEGINS}down{HIT_ENDS}" in hit.text
    assert (hit.source, hit.id) == ("journal", 1)


async def test_a_phrase_wants_its_words_side_by_side(manager: StateManager, search: Search) -> None:
    await manager.record(row("a", after="before the storm"), row("b", after="the storm before"))
    assert subjects(await search.find('"before the"', people=False)) == ["agent a"]
    assert (await search.find("before the", people=False)).total == 2


async def test_a_star_stands_for_the_rest_of_a_word(manager: StateManager, search: Search) -> None:
    await manager.record(row("a", after="harmonics"), row("b", after="harm"))
    assert subjects(await search.find("harmo*", people=False)) == ["agent a"]
    assert (await search.find('"har"*', people=False)).total == 2


async def test_who_and_why_are_searched_and_given_only_where_names_may_be(
    manager: StateManager, search: Search
) -> None:
    await manager.record(row("Vega", actor="Ada Lovelace", actor_id=5, reason="a secret drill"))
    assert (await search.find("lovelace", people=False)).total == 0
    assert (await search.find("secret", people=False)).total == 0
    assert (await search.find("vega", people=False)).hits[0].people is None
    at_home = await search.find("lovelace vega", people=True)
    assert at_home.hits[0].people == f"Ada {HIT_BEGINS}Lovelace{HIT_ENDS} · a secret drill"


async def test_a_hit_in_the_title_comes_before_one_in_the_text(manager: StateManager, search: Search) -> None:
    await manager.record(row("storm"), row("Vega", after="storm"), row("Kael"), row("Lumina"))
    assert subjects(await search.find("storm", people=False)) == ["agent storm", "agent Vega"]


async def test_of_equal_hits_the_newer_comes_first(
    manager: StateManager, search: Search, clock: ManualClock
) -> None:
    await manager.record(row("old storm"))
    clock.advance(400 * 86_400)
    await manager.record(row("new storm"), row("Kael"), row("Vega"))
    assert subjects(await search.find("storm", people=False)) == ["agent new storm", "agent old storm"]


async def test_pages_are_of_the_list_that_was_shown_first(manager: StateManager, search: Search) -> None:
    await manager.record(*(row(f"storm {number}") for number in range(7)))
    first = await search.find("storm", people=False, limit=5)
    await manager.record(row("storm late"))
    second = await search.find("storm", people=False, newest=first.newest, offset=5, limit=5)
    assert (first.total, second.total, second.shown) == (7, 7, 7)
    assert len({*subjects(first), *subjects(second)}) == 7
    assert "agent storm late" not in subjects(second)


async def test_rows_deleted_from_the_journal_are_not_found(
    manager: StateManager, search: Search, database: Store, clock: ManualClock
) -> None:
    await manager.record(row("Vega"))
    clock.advance(10)
    assert await Journal(database).prune(clock.now() - timedelta(seconds=5)) == 1
    assert (await search.find("vega", people=True)).total == 0
    await database.write(check_index)


async def test_an_erased_person_is_not_found(manager: StateManager, search: Search, database: Store) -> None:
    await manager.record(row("Vega", actor="Ada", actor_id=5, reason="why not"))
    await database.write(
        lambda tx: (
            tx.execute(
                "UPDATE journal SET actor = NULL, actor_id = NULL, reason = NULL WHERE actor_id = 5"
            ).rowcount
        )
    )
    assert (await search.find("ada", people=True)).total == 0
    assert (await search.find("vega", people=True)).hits[0].people is None
    await database.write(check_index)


async def test_a_change_that_fails_leaves_nothing_to_find(search: Search, database: Store) -> None:
    def fails(tx: Tx) -> None:
        tx.execute("INSERT INTO journal (at_us, kind, subject, cause) VALUES (1, 'agent', 'Vega', 'test')")
        raise RuntimeError("after the row")

    with pytest.raises(RuntimeError):
        await database.write(fails)
    assert (await search.find("vega", people=True)).total == 0


async def test_rows_from_before_the_index_are_found(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "old.db"
    before = tuple(one for one in STATE_MIGRATIONS if one.number < 14)
    database = await SqliteStore.open(path, (*CORE_MIGRATIONS, *before), app_version="0.1.0")
    manager = StateManager(database, clock)
    await manager.load()
    await manager.record(row("Vega"))
    await database.close()
    database = await SqliteStore.open(path, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.2.0")
    assert subjects(await Search(database, clock).find("vega", people=False)) == ["agent Vega"]
    await database.close()


async def test_checkpoints_are_found_by_name(
    manager: StateManager, search: Search, database: Store, clock: ManualClock
) -> None:
    contexts = Contexts(manager, database, clock, agents=tuple, rituals=last_rituals)
    kept = await contexts.archive("before the storm", ADA, note="clouds")
    hits = (await search.find("storm", people=False)).hits
    assert ("context", kept.id) in {(hit.source, hit.id) for hit in hits}
    assert (await search.find("clouds", people=False)).total == 0


async def test_rituals_are_found_by_their_anomalies_and_directives_by_their_text(
    tmp_path: Path, database: Store
) -> None:
    kernel = build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.0))
    collective = await open_collective(kernel, database)
    run = await collective.rituals.start(108, actor=ADA)
    record = await run.wait()
    assert record.finish is not None
    met = next(kind for kind, times in record.finish.anomalies.items() if times)
    hits = (await collective.search.find(f"ritual {met} steps", people=False)).hits
    assert ("ritual", run.id) in {(hit.source, hit.id) for hit in hits}
    by_ada = (await collective.search.find("z88 ada", people=True)).hits
    assert f"{HIT_BEGINS}Ada{HIT_ENDS}" in {hit.people for hit in by_ada if hit.source == "ritual"}
    await database.write(
        lambda tx: (
            tx.execute(
                "INSERT INTO directives (text, action, arguments, rank, cause, status, queued_us) "
                "VALUES ('ritual 27', 'ritual', '[]', 1, 'command', 'queued', 1)"
            ).rowcount
        )
    )
    queued = (await collective.search.find('"ritual 27" queued', people=False)).hits
    assert [hit.source for hit in queued] == ["directive"]
    await collective.close()


@pytest.mark.parametrize("text", ["", "   ", '""', "!!! - + ( )", "*", '"', "\x00", "🎲"])
def test_a_text_without_a_word_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongQuery, match="Type a word"):
        parse_query(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 201, "200 characters; this one has 201"),
        ("a " * 13, "12 words or phrases"),
        ("a*", "2 letters"),
    ],
)
def test_queries_that_are_too_long_or_too_short_are_refused(text: str, said: str) -> None:
    with pytest.raises(WrongQuery, match=said):
        parse_query(text)


def test_syntax_is_taken_for_text() -> None:
    assert as_fts5(parse_query("title:x OR NOT (b)"), people=True) == '"title:x" "OR" "NOT" "(b)"'
    assert as_fts5(parse_query('say "he""llo'), people=True) == '"say" "he" "llo"'


TRICKY = st.text(alphabet=st.sampled_from("ab9é\"*:(){}^+-~.,\x00 '\\AND OR NEAR")) | st.text()


@given(text=TRICKY, people=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_is_answered_or_says_why(search: Search, text: str, people: bool) -> None:
    try:
        parse_query(text)
    except WrongQuery:
        with pytest.raises(WrongQuery):
            await search.find(text, people=people)
        return
    assert (await search.find(text, people=people)).total == 0


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_hundred_thousand_rows_are_ranked_without_reading_all_of_them(
    search: Search, database: Store
) -> None:
    def fill(tx: Tx) -> None:
        tx.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
            "INSERT INTO journal (at_us, kind, subject, cause, after) "
            "SELECT i, 'ucf', 'harmony', 'ritual', i FROM n"
        )

    await database.write(fill)
    steps = await database.read(count_steps)
    assert (await search.find("harmony", people=False)).total == 100_000
    # One step of the counter is a thousand instructions of SQLite; a full sort of 100,000 takes far more.
    assert steps < 3_000


def count_steps(tx: Tx) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    assert isinstance(tx, sqlite3.Connection)
    tx.set_progress_handler(count, 1_000)
    try:
        search_table.best(tx, Wanted(parse_query("harmony"), people=False, newest=2**62), 0)
    finally:
        tx.set_progress_handler(None, 0)
    return steps


def check_index(tx: Tx) -> None:
    """FTS5's own check that the index says what the table says; it raises where it does not."""
    if isinstance(tx, sqlite3.Connection):
        tx.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
