"""Backups to test with: archives made by hand, and what an archive holds."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from state.backups.manifest import Manifest, Part, encode_manifest
from state.change import Change, JournalRow
from state.collective import Collective
from state.models import AgentReport, Lore


def read_archive(path: Path) -> dict[str, bytes]:
    """What is in an archive, read by an independent reader."""
    with tarfile.open(path, "r:gz") as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]  # plain files


def write_archive(path: Path, files: list[tuple[str | tarfile.TarInfo, bytes]]) -> Path:
    """An archive of these files, as anybody might make one."""
    with tarfile.open(path, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for head, content in files:
            info = tarfile.TarInfo(head) if isinstance(head, str) else head
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    # tarfile fills its last record up; ours ends after the two empty blocks.
    raw = gzip.decompress(path.read_bytes()).rstrip(b"\0")
    raw += bytes(-len(raw) % 512 + 1024)
    path.write_bytes(gzip.compress(raw, mtime=0))
    return path


def rewrite(path: Path, change: Callable[[dict[str, bytes]], object], *, honest: bool = True) -> Path:
    """The same archive with other contents; where `honest`, its manifest says what is in it."""
    files = read_archive(path)
    change(files)
    if honest:
        manifest = msgspec.json.decode(files["manifest.json"], type=Manifest)
        parts = tuple(
            Part(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in files.items()
            if name != "manifest.json"
        )
        files["manifest.json"] = encode_manifest(msgspec.structs.replace(manifest, parts=parts))
    return write_archive(path, list(files.items()))


def edit_database(data: bytes, folder: Path, *statements: str) -> bytes:
    """A database file's bytes after some statements."""
    path = folder / "edited.db"
    path.write_bytes(data)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    data = path.read_bytes()
    path.unlink()
    return data


async def live(collective: Collective, *, changes: int = 20) -> None:
    """Some life: changes by a person, an agent from outside, folklore."""
    now = collective.kernel.clock.now()
    for number in range(changes):

        def tune(old: object, number: int = number) -> Change:
            ucf = msgspec.structs.replace(collective.manager.snapshot.ucf, harmony=number % 20 / 10)
            row = JournalRow(
                kind="ucf", subject="harmony", cause="command", actor="Ada", actor_id=7, reason="because"
            )
            del old
            return Change(ucf=ucf, journal=(row,), source="tune")

        await collective.manager.change(tune)
    report = AgentReport(agent="Claude", status="active", reported_at=now, task="thinking")
    lore = {"flare": Lore(kind="flare", encounters=6, last_seen=now)}
    await collective.manager.change(lambda _: Change(reports={"Claude": report}, folklore=lore))


async def keep_changing(collective: Collective, stop: asyncio.Event) -> int:
    """A writer that does not rest; gives how many changes it made."""
    made = 0
    while not stop.is_set():
        await live(collective, changes=5)
        made += 6
        await asyncio.sleep(0)
    return made
