import json
import pickle

import msgspec
import pytest

from core.logs.secret import Secret


@pytest.mark.parametrize(
    "shown", [repr(Secret("hush")), str(Secret("hush")), f"{Secret('hush')}", f"{[Secret('hush')]}"]
)
def test_a_secret_never_shows_itself(shown: str) -> None:
    assert "hush" not in shown
    assert "***" in shown


def test_a_secret_is_revealed_on_request() -> None:
    assert Secret("hush").reveal() == "hush"


def test_an_empty_secret_is_falsy() -> None:
    assert not Secret("")
    assert Secret("x")


def test_a_secret_is_neither_pickled_nor_encoded() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hush"))
    with pytest.raises(TypeError):
        json.dumps(Secret("hush"))
    with pytest.raises(TypeError):
        msgspec.json.encode(Secret("hush"))


def test_equal_secrets_are_equal_and_hash_alike() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


@pytest.mark.parametrize("offered", ["", "hus", "hush ", "HUSH", "húsh", "\udcff"])
def test_whatever_is_offered_instead_does_not_match(offered: str) -> None:
    assert not Secret("hush").matches(offered)
    assert Secret("hush").matches("hush")
