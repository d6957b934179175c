"""Reads a `.env` file, and reports the lines that are not valid."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

_LARGEST_BYTES = 256 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class EnvFile(msgspec.Struct, frozen=True):
    """The content of a `.env` file: values by name, invalid lines, names that are set twice."""

    values: Mapping[str, str]
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_env_file(path: Path | None) -> EnvFile:
    """Reads a `.env` file; a missing one is empty. Messages never show a value, which may be a secret."""
    if path is None:
        return EnvFile({})
    try:
        content = _read(path)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return EnvFile({})
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return EnvFile({}, (f"{path.name}, line {line}: it is not UTF-8 text",))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return EnvFile({}, (f"{path.name}: it cannot be read ({reason})",))
    return _parse(text, path.name)


def _read(path: Path) -> bytes:
    # Reading a FIFO or a device might never end.
    if path.exists() and not path.is_file():
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise ValueError(f"it is larger than {_LARGEST_BYTES // 1024} KiB")
    return content


def _parse(text: str, file: str) -> EnvFile:
    # Only this parser of python-dotenv reports the line of a mistake; load_dotenv only logs it.
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        # A binding includes the blank lines before it.
        original = binding.original.string
        blank = original[: len(original) - len(original.lstrip())]
        line = binding.original.line + len(re.findall(r"\r\n|\n|\r", blank))
        if binding.error or (binding.key is not None and not _NAME.fullmatch(binding.key)):
            problems.append(f"{file}, line {line}: it is not valid; write NAME=value")
        elif binding.key is not None and binding.value is None:
            problems.append(f'{file}, line {line}: "=" and a value are missing after {binding.key}')
        elif binding.key is not None and binding.value is not None:
            if binding.key in lines:
                warnings.append(
                    f"{file}: {binding.key} is set in line {lines[binding.key]} and in line {line};"
                    " the last one counts"
                )
            values[binding.key] = binding.value
            lines[binding.key] = line
    return EnvFile(values, tuple(problems), tuple(warnings))
