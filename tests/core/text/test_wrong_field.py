"""What msgspec says of data that does not fit, by member."""

import msgspec
import pytest

from core.text.wrong_field import wrong_field


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int = 0


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    inner: Inner | None = None
    many: dict[str, float] = {}


@pytest.mark.parametrize(
    ("data", "path", "problem"),
    [
        ([], "", "Expected `object`, got `array`"),
        ({}, "name", "Object missing required field `name`"),
        ({"name": 1}, "name", "Expected `str`, got `int`"),
        ({"name": "a", "more": 1}, "more", "Object contains unknown field `more`"),
        ({"name": "a", "inner": {"number": "1"}}, "inner.number", "Expected `int`, got `str`"),
        ({"name": "a", "inner": {"x` - at `$": 1}}, None, None),
        ({"name": "a", "inner": {"more": 1}}, "inner.more", "Object contains unknown field `more`"),
        ({"name": "a", "x" * 100: 1}, "x" * 64, None),
    ],
)
def test_it_names_the_member_and_what_is_wrong(data: object, path: str | None, problem: str | None) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(data, Outer)
    found = wrong_field(caught.value)
    assert path in {None, found[0]}
    assert problem in {None, found[1]}
