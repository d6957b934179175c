"""Uploaded files, and embeds that reference them by ``attachment://name``."""

from sandbox.forms.messages import MessageForm, UploadedFile
from sandbox.posts.files import safe_filename
from sandbox.records import Attachment
from sandbox.wire import JsonObject

_SCHEME = "attachment://"
_MEDIA = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))


def entry_for(form: MessageForm, file: UploadedFile) -> JsonObject:
    """The body's metadata (name, description) of an uploaded file; empty if there is none."""
    entries = form.attachments or []
    return next((entry for entry in entries if str(entry.get("id")) == str(file.number)), {})


def shown_names(embeds: list[JsonObject]) -> set[str]:
    """The safe names of the files that embeds reference."""
    return {_name(part[key]) for embed in embeds for _, key, part in _media_of(embed)}


def resolve_media(embed: JsonObject, by_name: dict[str, Attachment]) -> JsonObject:
    """The embed with ``attachment://name`` replaced by the URLs of existing files."""
    resolved = dict(embed)
    for place, key, part in _media_of(embed):
        attachment = by_name.get(_name(part[key]))
        if attachment is None:
            continue
        new_part = part | {key: attachment.url, f"proxy_{key}": attachment.url}
        if key == "url" and attachment.width is not None:
            new_part |= {"width": attachment.width, "height": attachment.height}
        resolved[place] = new_part
    return resolved


def _media_of(embed: JsonObject) -> list[tuple[str, str, JsonObject]]:
    return [
        (place, key, embed[place])
        for place, key in _MEDIA
        if isinstance(embed.get(place), dict) and str(embed[place].get(key, "")).startswith(_SCHEME)
    ]


def _name(url: object) -> str:
    return safe_filename(str(url).removeprefix(_SCHEME))
