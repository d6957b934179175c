"""The limit of open files and sockets of this process."""

from __future__ import annotations

import resource


def raise_file_limit(wanted: int) -> int:
    """Raises the limit of open files to `wanted`, as far as the system permits; returns the limit.

    A higher limit is left as it is.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if reachable <= soft:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
    except (OSError, ValueError):
        # Some systems permit less than their hard limit.
        return soft
    return reachable
