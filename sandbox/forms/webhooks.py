"""Validates a webhook's body, and the name and avatar of its messages."""

from typing import TypedDict

from sandbox.errors import FormErrors, bad_form, not_built
from sandbox.forms.fields import forbid_words, id_field, text_field
from sandbox.pictures import Picture, picture_field
from sandbox.wire import JsonObject

MAX_WEBHOOK_NAME = 80
_FORBIDDEN = ("clyde", "discord")


class WebhookFields(TypedDict, total=False):
    """The checked fields of a webhook's body; fields that were not given are missing."""

    name: str
    avatar: Picture | None
    channel_id: int


class AuthorFields(TypedDict, total=False):
    """The author of one message; missing fields default to the webhook's."""

    username: str
    avatar_url: str


def parse_webhook(body: JsonObject, *, new: bool = False) -> WebhookFields:
    """Checks a webhook's body, for creating and editing. A new webhook must have a name.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field.
    """
    if new and body.get("name") is None:
        raise bad_form(("name",), "BASE_TYPE_REQUIRED", "This field is required")
    errors = FormErrors()
    fields = WebhookFields()
    if body.get("name") is not None:
        fields["name"] = _name(errors, body, "name")
    if "avatar" in body:
        fields["avatar"] = picture_field(errors, body, "avatar")
    if body.get("channel_id") is not None:
        fields["channel_id"] = id_field(errors, body, "channel_id") or 0
    errors.raise_if_any()
    return fields


def parse_author(body: JsonObject) -> AuthorFields:
    """Validate the author fields of a webhook message.

    Raises:
        ApiError: 400 with code 50035; 501 for posts in forums.
    """
    if body.get("thread_name") or body.get("applied_tags"):
        raise not_built("forums")
    errors = FormErrors()
    author = AuthorFields()
    if body.get("username") is not None:
        author["username"] = _name(errors, body, "username")
    url = body.get("avatar_url")
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        author["avatar_url"] = url
    elif url:
        errors.add(("avatar_url",), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    errors.raise_if_any()
    return author


def _name(errors: FormErrors, body: JsonObject, key: str) -> str:
    name = text_field(errors, body, key, 1, MAX_WEBHOOK_NAME) or ""
    forbid_words(errors, key, name, _FORBIDDEN)
    return name
