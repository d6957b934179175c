"""What docstrings say, read for schemas."""

from core.text.docstrings import attributes, summary

_TEXT = """One thing. It goes
    on here.

    More of it.

    Attributes:
        first: what it is; None where
            there is none.
        second_s: seconds.

    Raises:
        Error: never.
    """


def test_the_summary_is_what_stands_ahead_of_the_sections() -> None:
    assert summary(_TEXT) == "One thing. It goes on here.\n\nMore of it."


def test_each_attribute_has_its_sentence() -> None:
    assert attributes(_TEXT) == {
        "first": "What it is; null where there is none.",
        "second_s": "Seconds.",
    }


def test_a_docstring_without_attributes_has_none() -> None:
    assert attributes("One line.") == {}
