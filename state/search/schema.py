"""The tables of full-text search (migrations 30–34).

Triggers on each source update its rows in `search_docs` in the same transaction, and triggers on
`search_docs` update the FTS5 index. So deleted things are never found.
"""

from __future__ import annotations

from typing import Final

from core.store.migrations import Migration
from core.store.tx import Tx

# Characters of each text that are indexed.
_LENGTH: Final = 4_000

# https://www.sqlite.org/fts5.html §4.4.3: an external content table and the triggers that update the index.
_INDEX: Final = (
    # `people` holds who and why; outside the home server it is neither searched nor shown.
    """CREATE TABLE search_docs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, source_id INTEGER NOT NULL,
        at_us INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, people TEXT NOT NULL,
        UNIQUE (source, source_id)
    )""",
    """CREATE VIRTUAL TABLE search USING fts5(
        title, body, people, content = 'search_docs', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )""",
    """CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
        INSERT INTO search (rowid, title, body, people) VALUES (new.id, new.title, new.body, new.people);
    END""",
    """CREATE TRIGGER search_docs_removed AFTER DELETE ON search_docs BEGIN
        INSERT INTO search (search, rowid, title, body, people)
        VALUES ('delete', old.id, old.title, old.body, old.people);
    END""",
    """CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
        INSERT INTO search (search, rowid, title, body, people)
        VALUES ('delete', old.id, old.title, old.body, old.people);
        INSERT INTO search (rowid, title, body, people) VALUES (new.id, new.title, new.body, new.people);
    END""",
)


def _source(table: str, source: str, *, at_us: str, title: str, body: str, people: str) -> tuple[str, ...]:
    """The triggers of one table, and the statement that indexes its present rows.

    The expressions name columns as `{row}.name`; `{row}` becomes `new` or the table.
    """

    def values(row: str) -> str:
        shown = ", ".join(part.format(row=row) for part in (at_us, title, f"substr({body}, 1, {_LENGTH})"))
        return f"'{source}', {row}.id, {shown}, substr({people.format(row=row)}, 1, {_LENGTH})"

    columns = "(source, source_id, at_us, title, body, people)"
    gone = f"DELETE FROM search_docs WHERE source = '{source}' AND source_id = old.id"  # noqa: S608 - our own names
    added = f"INSERT INTO search_docs {columns} VALUES ({values('new')})"  # noqa: S608 - likewise
    return (
        f"CREATE TRIGGER {table}_found AFTER INSERT ON {table} BEGIN {added}; END",
        f"CREATE TRIGGER {table}_unfound AFTER DELETE ON {table} BEGIN {gone}; END",
        f"CREATE TRIGGER {table}_found_anew AFTER UPDATE ON {table} BEGIN {gone}; {added}; END",
        f"INSERT INTO search_docs {columns} SELECT {values(table)} FROM {table} ORDER BY id",  # noqa: S608 - likewise
    )


def _people(*columns: str) -> str:
    """SQL that joins those of the columns that are not NULL with a dot."""
    # substr drops the three characters of the first dot.
    return "substr(" + " || ".join(f"coalesce(' · ' || {{row}}.{one}, '')" for one in columns) + ", 4)"


SEARCH_MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        30,
        "search",
        (
            *_INDEX,
            *_source(
                "journal",
                "journal",
                at_us="{row}.at_us",
                title="{row}.kind || ' ' || {row}.subject",
                body="'by ' || {row}.cause || coalesce(': ' || {row}.before || ' → ' || {row}.after, "
                "': ' || {row}.after, ': ' || {row}.before || ' → nothing', '')",
                people=_people("actor", "reason"),
            ),
            *_source(
                "contexts",
                "context",
                at_us="{row}.at_us",
                title="{row}.name",
                body="'checkpoint of version ' || {row}.version",
                people=_people("actor", "note"),
            ),
        ),
    ),
    Migration(
        31,
        "search: rituals",
        _source(
            "rituals",
            "ritual",
            at_us="{row}.started_us",
            title="{row}.kind || ' ritual'",
            body="{row}.steps || ' steps, ' || {row}.status"
            " || coalesce(', ' || (SELECT group_concat(key || ' ' || value, ', ')"
            " FROM json_each({row}.finish, '$.anomalies') WHERE value > 0), '')"
            " || coalesce(', promoted ' || (SELECT group_concat(value, ', ')"
            " FROM json_each({row}.finish, '$.promotions')), '')",
            people=_people("actor", "ended_by", "reason"),
        ),
    ),
    Migration(
        32,
        "search: directives",
        _source(
            "directives",
            "directive",
            at_us="{row}.queued_us",
            title="{row}.text",
            body="'directive ' || {row}.action || ', ' || {row}.status || coalesce(': ' || {row}.result, '')",
            people=_people("actor"),
        ),
    ),
)


def purge_index(tx: Tx) -> None:
    """Rebuilds the search index: deleted words otherwise stay in its pages until these are merged."""
    for (name,) in tx.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    ).fetchall():
        tx.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608 - our own names
