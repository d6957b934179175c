"""The report of a self-test as Markdown and JSON; the newest reports are kept as files."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bot.cogs.diagnostics._model import Outcome, Report
from bot.text import words
from core.text.discord_markdown import escape

logger = logging.getLogger(__name__)

KEPT = 20
_FOLDER = "reports"

MARKS: Mapping[Outcome, str] = {"pass": "🟢", "warn": "🟡", "fail": "🔴", "skipped": "⚪"}
_PREFIX = "self-test-"
_PART = ".part"


def render(report: Report) -> dict[str, bytes]:
    """The report's files by name. Slow: call it in a thread."""
    data = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    markdown = "\n".join(_markdown(report)) + "\n"
    return {f"{report.name}.md": markdown.encode(), f"{report.name}.json": data}


async def try_to_keep(data_dir: Path, files: Mapping[str, bytes]) -> str | None:
    """Write the files under `data_dir`; return the reason if that fails, else None."""
    try:
        await _keep(data_dir / _FOLDER, files)
    except OSError as error:
        logger.warning("self_test.report_not_kept error=%s", error)
        return error.strerror or type(error).__name__
    return None


async def _keep(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, readable by this user only, and delete old reports."""
    # Imported on first use to keep the start fast.
    import aiofiles

    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    for name, data in files.items():
        part = folder / f"{name}{_PART}"
        async with aiofiles.open(part, "wb", opener=_open_private) as file:
            await file.write(data)
        await asyncio.to_thread(part.replace, folder / name)
    await asyncio.to_thread(_prune, folder)


def verdict(report: Report) -> str:
    """The result in a few words; warnings and skipped checks limit the claim."""
    if report.outcome == "fail":
        return "something is broken"
    if warned := report.counts.get("warn"):
        return f"it works, but {warned} {'check needs' if warned == 1 else 'checks need'} attention"
    return "what was tested works" if report.counts.get("skipped") else "everything works"


def summary(report: Report) -> str:
    """The number of checks per outcome, in a sentence."""
    counts = report.counts
    parts = [f"{counts.get('pass', 0)} of {words.count(len(report.results), 'check')} passed"]
    said: tuple[tuple[Outcome, str], ...] = (("warn", "warned"), ("fail", "failed"), ("skipped", "skipped"))
    parts += [f"{counts[outcome]} {verb}" for outcome, verb in said if counts.get(outcome)]
    return f"{', '.join(parts)}, in {words.duration(report.took_s)}."


def _markdown(report: Report) -> Iterator[str]:
    yield f"# Self-test: {verdict(report)}"
    yield ""
    yield f"Helix {report.version}, started {report.begun_at:%Y-%m-%d %H:%M:%S} UTC. {summary(report)}"
    yield ""
    for result in report.ended("fail"):
        yield f"* Failed: **{result.name}**: {_plain(result.text)}"
    for result in report.ended("warn"):
        yield f"* Warned: **{result.name}**: {_plain(result.text)}"
    yield ""
    yield "| | check | outcome | took | found |"
    yield "|---|---|---|---|---|"
    for result in report.results:
        took, text = words.duration(result.took_s), _plain(result.text)
        yield f"| {MARKS[result.outcome]} | {result.name} | {result.outcome} | {took} | {text} |"


def _plain(text: str) -> str:
    return escape(" ".join(text.split()))


def _open_private(path: str, _flags: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _prune(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.name.startswith(_PREFIX)]
    whole = [path for path in files if path.suffix in {".md", ".json"}]
    kept = sorted({path.stem for path in whole})[-KEPT:]
    for path in files:
        # A part file was left by a killed run: this run has renamed its own, and no other may run now.
        if path.suffix == _PART or (path in whole and path.stem not in kept):
            path.unlink(missing_ok=True)
