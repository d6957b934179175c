"""Errors with the bodies that Discord gives them."""

from sandbox.wire import JsonObject

_UNKNOWN_CODES = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Overwrite": 10009,
    "Role": 10011,
    "User": 10013,
    "Emoji": 10014,
    "Webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}


class SandboxError(Exception):
    """The sandbox was asked for something that it never does, such as binding to a public address."""


class ActionError(Exception):
    """A user in the sandbox tried something that cannot be done.

    Attributes:
        status: The HTTP status that says the same (400, 403, 404 or 504).
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiError(Exception):
    """A REST call failed as it would at Discord.

    Attributes:
        status: HTTP status.
        body: ``{"message", "code"}`` and, for forms, ``errors``; see "Error Messages" in Discord's reference.
        headers: Headers to send along.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: JsonObject | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: JsonObject = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors


def unknown(kind: str) -> ApiError:
    """404 with Discord's code for a thing that does not exist, such as ``unknown("Message")``."""
    return ApiError(404, _UNKNOWN_CODES[kind], f"Unknown {kind}")


def missing_permissions() -> ApiError:
    """403 for a caller that sees the thing but may not do this to it."""
    return ApiError(403, 50013, "Missing Permissions")


def missing_access() -> ApiError:
    """403 for a caller that may not see the thing at all."""
    return ApiError(403, 50001, "Missing Access")


def invalid_role() -> ApiError:
    """400 for a role that cannot be given, taken or deleted: @everyone and what an integration manages."""
    return ApiError(400, 50028, "Invalid Role")


def not_for_dms() -> ApiError:
    """403 for what works in a server's channels only."""
    return ApiError(403, 50003, "Cannot execute action on a DM channel")


def wrong_channel_type() -> ApiError:
    """400 for what works in another kind of channel only."""
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def unauthorized() -> ApiError:
    """401 for a missing or wrong bot token."""
    return ApiError(401, 0, "401: Unauthorized")


def not_built(what: str) -> ApiError:
    """501 for what Discord can do and this sandbox cannot."""
    return ApiError(501, 0, f"The sandbox does not have {what}.")


class FormErrors:
    """Collects what is wrong with a form, so that all of it is said at once (code 50035).

    Attributes:
        tree: the mistakes under `_errors`, nested as the fields are.
    """

    def __init__(self) -> None:
        self.tree: JsonObject = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Notes one mistake at the field that ``path`` leads to, such as ``("embeds", 0, "title")``."""
        node = self.tree
        for key in path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def too_long(self, path: tuple[str | int, ...], limit: int) -> None:
        """Notes that a text or list holds more than ``limit``."""
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: tuple[str | int, ...], low: int, high: int) -> None:
        """Notes that a text or list is outside ``low`` to ``high``."""
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def required(self, path: tuple[str | int, ...]) -> None:
        """Notes that a field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def take(self, key: str | int, nested: "FormErrors") -> None:
        """Takes over the mistakes of the form that stands at ``key`` in this one."""
        if nested.tree:
            self.tree[str(key)] = nested.tree

    def raise_if_any(self) -> None:
        """Raises the form error if anything was noted.

        Raises:
            ApiError: 400 with code 50035 and the nested ``errors``.
        """
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", errors=self.tree)


def bad_form(path: tuple[str | int, ...], code: str, message: str) -> ApiError:
    """The form error for a single mistake."""
    errors = FormErrors()
    errors.add(path, code, message)
    return ApiError(400, 50035, "Invalid Form Body", errors=errors.tree)
