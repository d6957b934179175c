"""The interface of projected files; and `ucf_state.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from core.files.reading import FileContent, RefusedEdit
from core.files.strict_json import key_position, parse_object
from state.change import Actor, Change
from state.journal.differences import ucf_rows
from state.models import UCF, InvalidUCF, Snapshot, validate_ucf


class Edit(Protocol):
    """The parsed content of a file."""

    def matches(self, snapshot: Snapshot) -> bool:
        """Whether it equals the state."""
        ...

    def refreshes(self, snapshot: Snapshot) -> bool:
        """Whether only its time is newer than the state's, as when an agent rewrites it as a heartbeat."""
        ...

    def change(self, snapshot: Snapshot) -> Change:
        """The change that makes the state equal to it."""
        ...


class Document(Protocol):
    """One kind of projected file."""

    @property
    def name(self) -> str:
        """The file's name in the data folder."""
        ...

    def render(self, snapshot: Snapshot) -> bytes:
        """The file's content for a snapshot; equal snapshots give equal content."""
        ...

    def parse(self, content: FileContent, now: datetime) -> Edit:
        """Parses the content; raises RefusedEdit with the place of the first mistake."""
        ...


class UCFEdit(msgspec.Struct, frozen=True):
    """The content of `ucf_state.json`."""

    ucf: UCF

    def matches(self, snapshot: Snapshot) -> bool:
        """Whether the six values equal those of the state."""
        return self.ucf == snapshot.ucf

    def refreshes(self, _snapshot: Snapshot) -> bool:
        """Always False: the six values have no time."""
        return False

    def change(self, snapshot: Snapshot) -> Change:
        """The change that takes over the six values."""
        return Change(ucf=self.ucf, journal=ucf_rows(snapshot.ucf, self.ucf, Actor("file")), source="file")


class UCFDocument:
    """`ucf_state.json`: one flat object with the six values."""

    name = "ucf_state.json"

    def render(self, snapshot: Snapshot) -> bytes:
        """The file's content: the six values, one per line."""
        return pretty(snapshot.ucf.as_dict())

    def parse(self, content: FileContent, _now: datetime) -> UCFEdit:
        """Parses the six values."""
        values, text = parse_object(content.data)
        try:
            return UCFEdit(validate_ucf(values))
        except InvalidUCF as error:
            fields = [field for field in values if field in error.problems]
            line, column = key_position(text, *fields[:1])
            raise RefusedEdit(str(error), line, column) from error


def pretty(values: Mapping[str, object]) -> bytes:
    """JSON for people: indented, with non-ASCII characters as they are, ending with a newline."""
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()
