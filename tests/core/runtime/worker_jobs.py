"""Jobs for the tests of `core/runtime/worker.py`; run in the worker's process."""

import os
import time

from core.errors import HelixError


def upper(payload: bytes) -> bytes:
    print("a library that prints must not harm the answers")  # noqa: T201 - that is what is tested
    return payload.upper()


def upper_quietly(payload: bytes) -> bytes:
    return payload.upper()


def print_much(_: bytes) -> bytes:
    for number in range(10_000):
        print("line", number)  # noqa: T201 - likewise
    return b""


def environment(_: bytes) -> bytes:
    return "\n".join(sorted(os.environ)).encode()


def complain(_: bytes) -> bytes:
    raise HelixError("That cannot be drawn.")


def fail(_: bytes) -> bytes:
    raise KeyError("lost")


def die(_: bytes) -> bytes:
    os._exit(3)


def hang(_: bytes) -> bytes:
    time.sleep(60)
    return b""
