"""The conditions of a health check: the bound of a number, or a fact."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from core.text.numbers import plain

Status = Literal["pass", "warn", "fail"]

_MIB: Final = 1024 * 1024
# The unit of a number, by the end of its name.
_UNITS: Final = {"_percent": "%", "_s": "s", "_h": "h"}


class Threshold(msgspec.Struct, frozen=True):
    """What makes a check warn or fail; with neither, the value is only watched.

    Attributes:
        of: which number, with its unit in the name (the observed value, or a counter), or which fact.
        comparison: "above" or "below" for a number; "is" for a fact, with the bad state as a word.
        settings: the settings that change it; empty if it is fixed.
    """

    of: str
    comparison: Literal["above", "below", "is"]
    warn: float | str | None
    fail: float | str | None
    settings: tuple[str, ...] = ()

    def judge(self, number: float) -> Status:
        """The verdict on a number; always "pass" for a fact, which the caller has to judge."""
        if self._is_past(self.fail, number):
            return "fail"
        return "warn" if self._is_past(self.warn, number) else "pass"

    def _is_past(self, bound: float | str | None, number: float) -> bool:
        if bound is None or isinstance(bound, str):
            return False
        return number > bound if self.comparison == "above" else number < bound

    def words(self) -> str:
        """The condition in words, such as "warns when drift is above 5 s (CLOCK_WARN_S)"."""
        name = self._name()
        if self.warn is None and self.fail is None:
            return f"passes with any {name}"
        said = []
        for verdict, bound in (("warns", self.warn), ("fails", self.fail)):
            if bound is not None:
                said.append(f"{verdict} {self._condition(name, bound)}")
                # The name is not repeated in the second half.
                name = ""
        return ", ".join(said) + (f" ({', '.join(self.settings)})" if self.settings else "")

    def _name(self) -> str:
        name = self.of
        for end in ("_bytes", *_UNITS):
            name = name.removesuffix(end)
        return name.replace("_", " ")

    def _condition(self, name: str, bound: float | str) -> str:
        if isinstance(bound, str):
            return f"when {name or 'it'} is {bound}"
        number = self._number(bound)
        if number is None:
            many = "more" if self.comparison == "above" else "fewer"
            return f"with {many} than {plain(bound)} {name}".rstrip()
        return f"when {name or 'it'} is {self.comparison} {number}"

    def _number(self, bound: float) -> str | None:
        """The bound in its unit; None for a plain count."""
        if self.of.endswith("_bytes"):
            return f"{plain(bound / _MIB)} MiB"
        if self.of.endswith(("_rate", "_share")):
            return f"{plain(bound * 100)} %"
        unit = next((unit for end, unit in _UNITS.items() if self.of.endswith(end)), None)
        return None if unit is None else f"{plain(bound)} {unit}"


def warns_when(of: str, word: str) -> Threshold:
    """A fact that makes the check warn."""
    return Threshold(of, "is", word, None)


def fails_when(of: str, word: str) -> Threshold:
    """A fact that makes the check fail."""
    return Threshold(of, "is", None, word)


def passes_with(of: str) -> Threshold:
    """A number that is only watched."""
    return Threshold(of, "is", None, None)
