"""The two files that mirror the state, as the projector sees them; and `ucf_state.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from core.files.reading import FileContent, RefusedEdit
from core.files.strict_json import key_position, parse_object
from state.change import Change
from state.journal.differences import ucf_rows
from state.models import UCF, InvalidUCF, Snapshot, validate_ucf


class Edit(Protocol):
    """What a file says."""

    def matches(self, snapshot: Snapshot) -> bool:
        """Whether the state says the same."""
        ...

    def refreshes(self, snapshot: Snapshot) -> bool:
        """Whether it says the same, but later: a file written again to be a heartbeat."""
        ...

    def change(self, snapshot: Snapshot) -> Change:
        """The change that makes the state say it."""
        ...


class Document(Protocol):
    """One projected file."""

    @property
    def name(self) -> str:
        """The file's name in the data folder."""
        ...

    def render(self, snapshot: Snapshot) -> bytes:
        """The file's content for a snapshot: always the same for the same records."""
        ...

    def parse(self, content: FileContent, now: datetime) -> Edit:
        """What the content says; raises RefusedEdit with the place of the first mistake."""
        ...


class UCFEdit(msgspec.Struct, frozen=True):
    """What `ucf_state.json` says."""

    ucf: UCF

    def matches(self, snapshot: Snapshot) -> bool:
        """Whether the six numbers are those of the state."""
        return self.ucf == snapshot.ucf

    def refreshes(self, _snapshot: Snapshot) -> bool:
        """Never: the six numbers have no age."""
        return False

    def change(self, snapshot: Snapshot) -> Change:
        """Takes the six numbers over."""
        return Change(ucf=self.ucf, journal=ucf_rows(snapshot.ucf, self.ucf, cause="file"), source="file")


class UCFDocument:
    """`ucf_state.json`: one flat object of the six numbers."""

    name = "ucf_state.json"

    def render(self, snapshot: Snapshot) -> bytes:
        """The six numbers, one a line."""
        return pretty(snapshot.ucf.as_dict())

    def parse(self, content: FileContent, _now: datetime) -> UCFEdit:
        """The six numbers of the file."""
        values, text = parse_object(content.data)
        try:
            return UCFEdit(validate_ucf(values))
        except InvalidUCF as error:
            fields = [field for field in values if field in error.problems]
            line, column = key_position(text, *fields[:1])
            raise RefusedEdit(str(error), line, column) from error


def pretty(values: Mapping[str, object]) -> bytes:
    """JSON for people: indented, UTF-8 as it is, a newline at the end."""
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()
