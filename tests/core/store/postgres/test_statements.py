"""Statements and values on their way to PostgreSQL."""

from __future__ import annotations

import enum
import math

import pytest
from psycopg import errors

from core.store.postgres.statements import bind, translate
from core.store.tx import Sql


class Color(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("given", "text", "parameters"),
    [
        ("SELECT 1", "SELECT 1", 0),
        ("SELECT ?, ?", "SELECT $1, $2", 2),
        ("SELECT ?2, ?1, ?2", "SELECT $2, $1, $2", 2),
        ("SELECT ?2, ?", "SELECT $2, $3", 3),
        ("SELECT '?', 'it''s ?', \"a?\", ? -- why?", "SELECT '?', 'it''s ?', \"a?\", $1 -- why?", 1),
        ("SELECT /* ? \n ? */ ?", "SELECT /* ? \n ? */ $1", 1),
        ("SELECT :a, :b_2, :a, ':c', x::text", "SELECT $1, $2, $1, ':c', x::text", 2),
        ("DO $$ SELECT ? $$", "DO $$ SELECT ? $$", 0),
        ("DO $a$ '? $b$ $a$", "DO $a$ '? $b$ $a$", 0),
    ],
)
def test_placeholders_are_numbered_as_sqlite_numbers_them(given: str, text: str, parameters: int) -> None:
    statement = translate(given)
    assert (statement.text.decode(), statement.parameters) == (text, parameters)


def test_of_two_texts_the_one_for_postgresql_is_taken() -> None:
    both = Sql(sqlite="SELECT group_concat(?)", postgres="SELECT string_agg(?, ',')")
    assert translate(both).text == b"SELECT string_agg($1, ',')"
    assert translate("SELECT group_concat(?)").text == b"SELECT group_concat($1)"


@pytest.mark.parametrize(
    "text", ["BEGIN", "commit", "END", " ROLLBACK TO x", "-- a\nSAVEPOINT a", "/* a */ RELEASE a", "ABORT"]
)
def test_statements_that_end_a_transaction_are_known(text: str) -> None:
    assert translate(text).ends
    assert not translate(f"SELECT '{text}'").ends


def test_values_are_bound_as_sqlite_stores_them() -> None:
    statement = translate("VALUES (?, ?, ?, ?, ?, ?, ?)")
    bound = bind(statement, ("a\0b", True, 5, 1.5, b"\0\xff", None, Color.RED))
    assert bound.types == (0, 20, 20, 701, 17, 0, 0)
    assert bound.values[0] == "a\ufffdb".encode()
    assert bound.values[1] == b"\0\0\0\0\0\0\0\1"
    assert bound.values[4:] == [b"\0\xff", None, b"red"]


def test_not_a_number_is_stored_as_null() -> None:
    assert bind(translate("SELECT ?"), (math.nan,)).values == [None]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [((1,), errors.ProgrammingError), ((1, 2**63), OverflowError), ((1, object()), errors.ProgrammingError)],
)
def test_what_cannot_be_bound_is_refused(parameters: tuple[object, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        bind(translate("SELECT ?, ?"), parameters)


def test_values_may_be_given_by_name() -> None:
    statement = translate("SELECT :b, :a, :b")
    assert bind(statement, {"a": "x", "b": "y", "unused": 1}).values == [b"y", b"x"]
    with pytest.raises(errors.ProgrammingError, match="'b'"):
        bind(statement, {"a": "x"})
