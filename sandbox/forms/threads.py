"""A thread's body checked against Discord's limits."""

from typing import Literal, TypedDict

from sandbox.errors import FormErrors, bad_form, not_built
from sandbox.forms.channels import MAX_NAME, MAX_SLOWMODE_S
from sandbox.forms.fields import number_field, switch_field, text_field
from sandbox.records import PRIVATE_THREAD, PUBLIC_THREAD
from sandbox.wire import JsonObject

AUTO_ARCHIVE_MIN = (60, 1440, 4320, 10_080)
"""The possible auto-archive durations in minutes."""


class ThreadFields(TypedDict, total=False):
    """The checked fields of a thread's body; fields that were not given are missing."""

    name: str
    auto_archive_min: int
    slowmode_s: int
    archived: bool
    locked: bool
    invitable: bool


def parse_thread(body: JsonObject, *, new: bool = False) -> ThreadFields:
    """Checks a thread's body, for starting and editing. A new thread must have a name.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field; 501 for posts in forums.
    """
    if new and "name" not in body:
        raise bad_form(("name",), "BASE_TYPE_REQUIRED", "This field is required")
    if body.get("message") or body.get("applied_tags"):
        raise not_built("forums")
    errors = FormErrors()
    fields = ThreadFields()
    if "name" in body:
        fields["name"] = text_field(errors, body, "name", 1, MAX_NAME) or ""
    if body.get("auto_archive_duration") is not None:
        if body["auto_archive_duration"] not in AUTO_ARCHIVE_MIN:
            message = f"Value must be one of {AUTO_ARCHIVE_MIN}."
            errors.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", message)
        else:
            fields["auto_archive_min"] = body["auto_archive_duration"]
    if body.get("rate_limit_per_user") is not None:
        fields["slowmode_s"] = number_field(errors, body, "rate_limit_per_user", 0, MAX_SLOWMODE_S) or 0
    key: Literal["archived", "locked", "invitable"]
    for key in ("archived", "locked", "invitable"):
        if body.get(key) is not None:
            fields[key] = bool(switch_field(errors, body, key))
    errors.raise_if_any()
    return fields


def parse_thread_type(body: JsonObject) -> int:
    """The type of a thread without a message; private by default, as at Discord.

    Raises:
        ApiError: 400 with code 50035.
    """
    kind = body.get("type", PRIVATE_THREAD)
    if isinstance(kind, bool) or kind not in (PUBLIC_THREAD, PRIVATE_THREAD):
        choices = (PUBLIC_THREAD, PRIVATE_THREAD)
        raise bad_form(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")
    return int(kind)
