import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.answers.negotiation import already_has, choose_encoding, choose_media_type

OFFERS: tuple[tuple[str, dict[str, tuple[str, ...]]], ...] = (
    ("text/plain", {"version": ("0.0.4",)}),
    ("application/openmetrics-text", {"version": ("1.0.0", "0.0.1")}),
    ("application/json", {}),
)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.0", "identity"),
        ("gzip;q=0.001", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0.5, gzip;q=0.4", "identity"),
        ("br", "identity"),
        ("*", "gzip"),
        ("*;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("x-gzip", "gzip"),
        ("gzip;q=2", "identity"),
        ("gzip;q=much", "identity"),
        ("nogzip", "identity"),
        ("identity;q=0, gzip;q=0", "identity"),
    ],
)
def test_gzip_is_sent_to_clients_that_prefer_it(header: str | None, chosen: str) -> None:
    assert choose_encoding(header) == chosen


@given(st.text(max_size=200))
def test_no_accept_header_breaks_the_choice(header: str) -> None:
    assert choose_encoding(header) in {"identity", "gzip"}
    assert choose_media_type(header, OFFERS) in {None, 0, 1, 2}
    assert already_has(header, '"abc"') in {True, False}


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, 0),
        (" ", 0),
        ("*/*", 0),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0),
        ("application/json", 2),
        ("application/*", 1),
        ("application/json;q=0.2, text/*;q=0.1", 2),
        ("text/plain;version=1.0.0;q=0.9, text/plain;version=0.0.4;q=0.3, */*;q=0.2", 0),
        (
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            ),
            1,
        ),
        ("application/openmetrics-text;version=9", None),
        ('application/openmetrics-text; version="1.0.0"', 1),
        ("text/plain;q=0, */*", 1),
        ("image/png", None),
        ("text/plain;q=0", None),
    ],
)
def test_the_media_type_is_the_one_that_the_client_prefers(header: str | None, chosen: int | None) -> None:
    assert choose_media_type(header, OFFERS) == chosen


@pytest.mark.parametrize(
    ("header", "has"),
    [
        (None, False),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", W/"abc"', True),
        ('"x","y,abc"', False),
        (" * ", True),
        ('"abcd"', False),
        ("abc", False),
        ('"abc-gzip"', False),
        ('"abc"' + "," * 5000, False),
    ],
)
def test_a_condition_is_compared_weakly_over_the_whole_list(header: str | None, has: bool) -> None:
    assert already_has(header, '"abc"') is has
