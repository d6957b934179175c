"""A message's body checked against Discord's limits."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.errors import ApiError, FormErrors, bad_form, not_built
from sandbox.forms.components import check_components
from sandbox.forms.embeds import check_embeds
from sandbox.records import FLAG_EPHEMERAL
from sandbox.wire import JsonObject, as_id

MAX_CONTENT = 2000
MAX_FILES = 10
MAX_NONCE = 25
_FLAG_SUPPRESS_EMBEDS = 1 << 2
_FLAG_SILENT = 1 << 12
_FLAG_COMPONENTS_V2 = 1 << 15
_SETTABLE_FLAGS = _FLAG_SUPPRESS_EMBEDS | FLAG_EPHEMERAL | _FLAG_SILENT


class UploadedFile(NamedTuple):
    """A file of a multipart body; ``number`` is the one in its field name ``files[n]``."""

    number: int
    filename: str
    data: bytes


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class MessageForm:
    """A checked message body. None means not given."""

    content: str | None = None
    embeds: list[JsonObject] | None = None
    components: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    allowed_mentions: JsonObject | None = None
    reference: JsonObject | None = None
    flags: int | None = None
    nonce: str | int | None = None
    enforce_nonce: bool = False
    tts: bool = False
    files: list[UploadedFile] = field(default_factory=list)


def parse_message(body: JsonObject, files: list[UploadedFile]) -> MessageForm:
    """Checks a message's body, for creating and editing.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field; 501 for features that the sandbox lacks.
    """
    for key, what in (("poll", "polls"), ("sticker_ids", "stickers")):
        if body.get(key):
            raise not_built(what)
    errors = FormErrors()
    form = MessageForm(files=files)
    form.content = _text(errors, body, "content")
    form.embeds = _objects(errors, body, "embeds")
    form.components = _objects(errors, body, "components")
    form.attachments = _objects(errors, body, "attachments")
    form.allowed_mentions = _object(errors, body, "allowed_mentions")
    form.reference = _object(errors, body, "message_reference")
    form.flags = _flags(errors, body.get("flags"))
    form.nonce = _nonce(errors, body.get("nonce"))
    form.enforce_nonce = body.get("enforce_nonce") is True
    form.tts = body.get("tts") is True
    if len(files) > MAX_FILES:
        errors.too_long(("attachments",), MAX_FILES)
    if form.embeds is not None:
        form.embeds = check_embeds(errors, form.embeds)
    if form.components is not None:
        form.components = check_components(errors, form.components)
    if form.allowed_mentions is not None:
        _check_mentions(errors, form.allowed_mentions)
    errors.raise_if_any()
    return form


def _text(errors: FormErrors, body: JsonObject, key: str) -> str | None:
    if key not in body:
        return None
    value = body[key]
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        errors.add((key,), "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        return None
    text = str(value).strip()
    if len(text) > MAX_CONTENT:
        errors.too_long((key,), MAX_CONTENT)
    return text


def _objects(errors: FormErrors, body: JsonObject, key: str) -> list[JsonObject] | None:
    if key not in body:
        return None
    value = body[key]
    if value is None:
        return []
    if not isinstance(value, list):
        errors.add((key,), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return None
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            errors.add((key, index), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return [item for item in value if isinstance(item, dict)]


def _object(errors: FormErrors, body: JsonObject, key: str) -> JsonObject | None:
    value = body.get(key)
    if value is None or isinstance(value, dict):
        return value
    errors.add((key,), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return None


def _flags(errors: FormErrors, value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        errors.add(("flags",), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        return None
    if value & _FLAG_COMPONENTS_V2:
        raise not_built("components v2")
    return value & _SETTABLE_FLAGS


def _nonce(errors: FormErrors, value: object) -> str | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        errors.add(("nonce",), "NONCE_TYPE_INVALID", "Nonce must be a string or an integer.")
        return None
    if len(str(value)) > MAX_NONCE:
        errors.too_long(("nonce",), MAX_NONCE)
    return value


def _check_mentions(errors: FormErrors, allowed: JsonObject) -> None:
    parse = allowed.get("parse") or []
    if not isinstance(parse, list):
        errors.add(
            ("allowed_mentions", "parse"), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
        )
        return
    for index, kind in enumerate(parse):
        if kind not in ("users", "roles", "everyone"):
            choices = "('users', 'roles', 'everyone')"
            errors.add(
                ("allowed_mentions", "parse", index),
                "BASE_TYPE_CHOICES",
                f"Value must be one of {choices}.",
            )
    for kind in ("users", "roles"):
        ids = allowed.get(kind) or []
        if not isinstance(ids, list) or any(as_id(raw) is None for raw in ids):
            errors.add(("allowed_mentions", kind), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
            allowed[kind] = []
        elif len(ids) > 100:
            errors.too_long(("allowed_mentions", kind), 100)
        if ids and kind in parse:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            errors.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def require_something(form: MessageForm) -> None:
    """Check that a message is not empty.

    Raises:
        ApiError: 400 with code 50006.
    """
    shown = [embed for embed in form.embeds or [] if set(embed) - {"type", "color"}]
    if not (form.content or shown or form.components or form.files):
        raise ApiError(400, 50006, "Cannot send an empty message")


def reference_id(form: MessageForm) -> int | None:
    """The id of the message that this one replies to, or None.

    Raises:
        ApiError: 400 if the reference has no valid id, 501 for a forward.
    """
    if form.reference is None:
        return None
    if form.reference.get("type", 0) != 0:
        raise not_built("forwarded messages")
    message_id = as_id(form.reference.get("message_id"))
    if message_id is None:
        raise bad_form(("message_reference", "message_id"), "BASE_TYPE_REQUIRED", "This field is required")
    return message_id
