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


Path = tuple[str | int, ...]
"""The path of a form's field, such as ``("embeds", 0, "title")``."""


class SandboxError(Exception):
    """The sandbox cannot be started as requested, such as on a public address."""


class ActionError(Exception):
    """A user's action in the sandbox failed.

    Attributes:
        status: The matching HTTP status (400, 403, 404 or 504).
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiError(Exception):
    """A REST call failed, with Discord's status and body.

    Attributes:
        status: HTTP status.
        body: ``{"message", "code"}`` and, for forms, ``errors``; see "Error Messages" in Discord's reference.
        headers: Additional response headers.
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
    """403 for a caller that can see the object but lacks a permission."""
    return ApiError(403, 50013, "Missing Permissions")


def missing_access() -> ApiError:
    """403 for a caller that cannot see the object."""
    return ApiError(403, 50001, "Missing Access")


def invalid_role() -> ApiError:
    """400 for a role that cannot be assigned, removed or deleted: @everyone and managed roles."""
    return ApiError(400, 50028, "Invalid Role")


def not_for_dms() -> ApiError:
    """403 for what works only in a server's channels."""
    return ApiError(403, 50003, "Cannot execute action on a DM channel")


def wrong_channel_type() -> ApiError:
    """400 for what works only in other types of channels."""
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def unauthorized() -> ApiError:
    """401 for a missing or wrong bot token."""
    return ApiError(401, 0, "401: Unauthorized")


def not_built(what: str) -> ApiError:
    """501 for a feature of Discord that the sandbox lacks."""
    return ApiError(501, 0, f"The sandbox does not have {what}.")


class FormErrors:
    """Collects the errors of a form, to report all of them at once (code 50035).

    Attributes:
        tree: The errors under ``_errors``, nested like the fields.
    """

    def __init__(self) -> None:
        self.tree: JsonObject = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Add an error for the field at ``path``, such as ``("embeds", 0, "title")``."""
        node = self.tree
        for key in path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def too_long(self, path: Path, limit: int) -> None:
        """Add an error for a text or list longer than ``limit``."""
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: Path, low: int, high: int) -> None:
        """Add an error for a text or list whose length is not ``low`` to ``high``."""
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def required(self, path: Path) -> None:
        """Add an error for a missing field."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def take(self, key: str | int, nested: "FormErrors") -> None:
        """Add the errors of the nested form at ``key``."""
        if nested.tree:
            self.tree[str(key)] = nested.tree

    def raise_if_any(self) -> None:
        """Raise the form error if there are any errors.

        Raises:
            ApiError: 400 with code 50035 and the nested ``errors``.
        """
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", errors=self.tree)


def bad_form(path: Path, code: str, message: str) -> ApiError:
    """The form error for a single field."""
    errors = FormErrors()
    errors.add(path, code, message)
    return ApiError(400, 50035, "Invalid Form Body", errors=errors.tree)
