"""How many files and sockets this process may have open."""

from __future__ import annotations

import resource


def raise_file_limit(wanted: int) -> int:
    """Ask the system for room for `wanted` open files, as far as it lets us; gives how many there may be.

    A limit that is higher already is left as it is.
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
        # Some systems allow less than they say.
        return soft
    return reachable
