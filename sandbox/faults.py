"""Fault injection: REST routes that fail or answer slowly."""

import fnmatch
import itertools
from dataclasses import dataclass

from sandbox.codes import INVALID_FORM, REFUSALS
from sandbox.errors import ApiError, bad_form
from sandbox.ratelimit import too_many_requests

_MAX_FAULTS = 100
_MAX_DELAY_S = 60.0


@dataclass(slots=True, eq=False, repr=False)
class Fault:
    """A fault for the requests that match.

    Attributes:
        method: The HTTP method, or ``*``.
        route: An fnmatch pattern on the path below ``/api/v10``.
        status: The response status; None uses the code's status, and without a code the request succeeds
            after the delay.
        delay_s: The delay in seconds.
        times: How many more requests fail; None means until cleared.
        retry_after_s: The ``retry_after`` of a 429, in seconds.
        code: Discord's JSON error code in the response.
        field: The invalid field of a form (code 50035), such as ``embeds.0.title``.
        cut: Closes the connection instead of responding, "before" or "after" the request is executed.
        via: False for a 429 from Cloudflare instead of Discord: without the header ``Via``.
    """

    method: str
    route: str
    status: int | None = None
    delay_s: float = 0.0
    times: int | None = None
    retry_after_s: float = 1.0
    code: int = 0
    field: str | None = None
    via: bool = True
    cut: str | None = None

    def refusal(self) -> ApiError | None:
        """The error to respond with; None if the request is executed."""
        status, message = REFUSALS.get(self.code, (None, ""))
        status = self.status or status
        if status is None:
            return None
        if self.field is not None:
            return bad_form(
                tuple(self.field.split(".")), "SANDBOX_FAULT", "Injected by a fault of the sandbox."
            )
        if status == 429:
            return too_many_requests(
                self.retry_after_s, {}, scope="shared", code=self.code, message=message, via=self.via
            )
        return ApiError(status, self.code, message or f"{status}: injected by a fault of the sandbox")


class Faults:
    """The active faults, oldest first."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> int:
        """Add a fault; returns its id.

        Raises:
            ValueError: An invalid status, code, field, delay or count, or too many faults.
        """
        if fault.status is not None and not 400 <= fault.status <= 599:
            raise ValueError("status must be 400 to 599")
        if not 0 <= fault.delay_s <= _MAX_DELAY_S or not 0 < fault.retry_after_s <= _MAX_DELAY_S:
            raise ValueError("delay_s and retry_after_s must be up to 60 seconds")
        if fault.times is not None and fault.times < 1:
            raise ValueError("times must be at least 1")
        if fault.code and fault.status is None and fault.code not in REFUSALS:
            raise ValueError(f"code needs a status, or must be one of {', '.join(map(str, REFUSALS))}")
        if fault.field is not None and fault.code != INVALID_FORM:
            raise ValueError(f"field needs code {INVALID_FORM}")
        if fault.status is None and not fault.code and fault.delay_s == 0 and not fault.cut:
            raise ValueError("a fault needs status, code, delay_s or cut")
        if fault.cut not in (None, "before", "after"):
            raise ValueError("cut must be before or after")
        if len(self._faults) >= _MAX_FAULTS:
            raise ValueError("too many faults; clear them first")
        fault_id = next(self._ids)
        self._faults[fault_id] = fault
        return fault_id

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def match(self, method: str, path: str) -> Fault | None:
        """The first fault that matches a request; counts it down."""
        for fault_id, fault in self._faults.items():
            if fault.method not in ("*", method) or not fnmatch.fnmatchcase(path, fault.route):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    del self._faults[fault_id]
            return fault
        return None
