"""The least resources that Helix needs to start.

Libraries abort the process when memory or threads run out, so known limits are checked beforehand.
"""

from __future__ import annotations

import errno
import resource
from typing import Final

from core.errors import StartError
from core.runtime.file_limit import raise_file_limit

_MIB: Final = 1024 * 1024
# Measured at a start without load; threads reserve far more address space than they use.
_LEAST_MIB: Final = (
    (resource.RLIMIT_AS, 768, "address space", "ulimit -v, LimitAS="),
    (resource.RLIMIT_DATA, 192, "memory for data", "ulimit -d, LimitDATA="),
)
_LEAST_FILES: Final = 64
_NO_THREAD: Final = "can't start new thread"


def require_enough() -> None:
    """Checks the limits of this process.

    Raises:
        StartError: one is too low; the text names it and what is needed.
    """
    for limit, least_mib, what, names in _LEAST_MIB:
        soft, _ = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY and soft < least_mib * _MIB:
            raise StartError(
                f"This process is limited to {soft // _MIB} MiB of {what}; Helix needs {least_mib} MiB to "
                f"start. Raise that limit ({names})."
            )
    files = raise_file_limit(_LEAST_FILES)
    if files < _LEAST_FILES:
        raise StartError(
            f"This process may open {files} files; Helix needs {_LEAST_FILES} to start. "
            "Raise that limit (ulimit -n, LimitNOFILE=)."
        )


def explain(error: Exception) -> str | None:
    """What an operator can do about an error; None if it is not a lack of resources."""
    code = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or code == errno.ENOMEM:
        return "There is not enough memory. Give Helix more, or raise its limits (ulimit -v, ulimit -d)."
    if code in {errno.EMFILE, errno.ENFILE}:
        return "Too many files are open. Raise the limit (ulimit -n, LimitNOFILE=)."
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return "No thread can be started. Raise the limits of processes or memory (ulimit -u, ulimit -v)."
    return None
