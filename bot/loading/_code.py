"""Imports a cog's code again, detects changes, and locates errors."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import msgspec

# The message goes into a reply.
_MESSAGE_LIMIT = 300


class CogFailure(msgspec.Struct, frozen=True):
    """Why a cog did not load.

    Attributes:
        file: relative to the project; empty if unknown.
        type: the exception's name.
        message: its text, shortened.
        incident: the id under which the log has the traceback.
    """

    file: str
    line: int | None
    type: str
    message: str
    incident: str


def source_files(name: str) -> tuple[Path, ...]:
    """The Python files of a module or package, sorted; empty if it does not exist."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return ()
    if spec is None or spec.origin is None:
        return ()
    if spec.submodule_search_locations is None:
        return (Path(spec.origin),)
    folders = map(Path, spec.submodule_search_locations)
    return tuple(sorted(file for folder in folders for file in folder.rglob("*.py")))


def source_hash(name: str) -> str:
    """A hash over the names and contents of a module's or package's Python files."""
    digest = hashlib.sha256()
    for file in source_files(name):
        digest.update(f"{file}\0".encode())
        try:
            digest.update(file.read_bytes())
        except OSError:
            # A file that was deleted meanwhile is a change too.
            digest.update(b"unreadable")
    return digest.hexdigest()


def loaded_modules(name: str) -> dict[str, ModuleType]:
    """The imported module of that name and its submodules."""
    below = name + "."
    # Iterate over a copy, since other threads import at the same time.
    known = tuple(sys.modules.items())
    return {key: module for key, module in known if key == name or key.startswith(below)}


def import_anew(name: str) -> ModuleType:
    """Execute the present files of the module and its submodules.

    Restores the previous modules before it raises the module's error (`SystemExit` too).
    """
    before = loaded_modules(name)
    importlib.invalidate_caches()
    _forget(before)
    if before:
        _drop_bytecode(name)
    try:
        return importlib.import_module(name)
    except BaseException:
        restore(name, before)
        raise


def restore(name: str, before: Mapping[str, ModuleType]) -> None:
    """Restore the modules of `name` that were imported before."""
    _forget(loaded_modules(name))
    sys.modules.update(before)
    parent, _, child = name.rpartition(".")
    if parent in sys.modules and name in before:
        setattr(sys.modules[parent], child, before[name])


def describe_failure(name: str, error: BaseException, incident: str) -> CogFailure:
    """The place in the cog's own files that raised `error`, and its message."""
    file, line = _place(name, error)
    return CogFailure(
        file=_relative(name, file) if file is not None else "",
        line=line,
        type=type(error).__name__,
        message=" ".join(_words_of(error).split())[:_MESSAGE_LIMIT],
        incident=incident,
    )


def _words_of(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg
    # Python adds the full path of the module to the message.
    path = error.path if isinstance(error, ImportError) else None
    return str(error).replace(f" ({path})", "") if path else str(error)


def _place(name: str, error: BaseException) -> tuple[str | None, int | None]:
    if isinstance(error, SyntaxError) and error.filename is not None:
        return error.filename, error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    own = {str(file) for file in source_files(name)}
    inside = [frame for frame in frames if frame.filename in own]
    if inside:
        return inside[-1].filename, inside[-1].lineno
    return None, None


def _relative(name: str, file: str) -> str:
    """The path from the root package on, such as `bot/cogs/help.py`; else only the file's name."""
    root = name.split(".", maxsplit=1)[0]
    path = Path(file)
    below = next((parent.parent for parent in path.parents if parent.name == root), path.parent)
    return str(path.relative_to(below))


def _forget(modules: Mapping[str, ModuleType]) -> None:
    for key in modules:
        sys.modules.pop(key, None)


def _drop_bytecode(name: str) -> None:
    # Python trusts compiled code whose source has the same size and mtime; an edit may keep both.
    for file in source_files(name):
        try:
            Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)
        except OSError:
            # Compiled code that cannot be removed cannot have been written either.
            continue
