"""Faults on request: routes that refuse or dawdle until told otherwise."""

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
        status: The status to answer with; None takes the code's, and without a code lets the request through
            after the delay.
        delay_s: How long to wait first, in seconds.
        times: How many requests are left; None means until cleared.
        retry_after_s: What a 429 tells the client, in seconds.
        code: Discord's JSON error code in the answer.
        field: The refused field of a form (code 50035), such as ``embeds.0.title``.
        cut: The connection ends in the place of the answer, "before" or "after" the request is carried out.
        via: False for a 429 that Cloudflare makes and not Discord: without the header ``Via``.
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
        """The error to answer with; None where the request goes through."""
        status, message = REFUSALS.get(self.code, (None, ""))
        status = self.status or status
        if status is None:
            return None
        if self.field is not None:
            return bad_form(tuple(self.field.split(".")), "SANDBOX_FAULT", "As the sandbox was told.")
        if status == 429:
            return too_many_requests(
                self.retry_after_s, {}, scope="shared", code=self.code, message=message, via=self.via
            )
        return ApiError(status, self.code, message or f"{status}: as the sandbox was told")


class Faults:
    """The faults in force, the oldest first."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> int:
        """Adds a fault and gives its id.

        Raises:
            ValueError: For a status, code, field, delay or count that makes no sense, or too many faults.
        """
        if fault.status is not None and not 400 <= fault.status <= 599:
            raise ValueError("status must be 400 to 599")
        if not 0 <= fault.delay_s <= _MAX_DELAY_S or not 0 < fault.retry_after_s <= _MAX_DELAY_S:
            raise ValueError("delay_s and retry_after_s must be up to 60 seconds")
        if fault.times is not None and fault.times < 1:
            raise ValueError("times must be at least 1")
        if fault.code and fault.status is None and fault.code not in REFUSALS:
            raise ValueError(f"code needs a status, or is one of {', '.join(map(str, REFUSALS))}")
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
        """Removes all faults."""
        self._faults.clear()

    def match(self, method: str, path: str) -> Fault | None:
        """The first fault for that request, counted down by it."""
        for fault_id, fault in self._faults.items():
            if fault.method not in ("*", method) or not fnmatch.fnmatchcase(path, fault.route):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    del self._faults[fault_id]
            return fault
        return None
