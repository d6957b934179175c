"""Errors that `faults.py` can inject, by Discord's JSON error code: HTTP status and text."""

from collections.abc import Mapping
from types import MappingProxyType

INVALID_FORM = 50035
REFUSALS: Mapping[int, tuple[int, str]] = MappingProxyType(
    {
        10003: (404, "Unknown Channel"),
        10004: (404, "Unknown Guild"),
        10007: (404, "Unknown Member"),
        10008: (404, "Unknown Message"),
        10011: (404, "Unknown Role"),
        10013: (404, "Unknown User"),
        20016: (429, "This action cannot be performed due to slowmode rate limit."),
        20028: (429, "The write action you are performing on the channel has hit the write rate limit."),
        30003: (400, "Maximum number of pins reached for the channel (250)"),
        30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
        40333: (403, "internal network error"),
        50001: (403, "Missing Access"),
        50007: (403, "Cannot send messages to this user"),
        50008: (400, "Cannot send messages in a non-text channel"),
        50013: (403, "Missing Permissions"),
        INVALID_FORM: (400, "Invalid Form Body"),
        50083: (400, "Thread is archived"),
        160002: (403, "Cannot reply without permission to read message history"),
        160005: (403, "Thread is locked"),
        200000: (400, "Message was blocked by automatic moderation"),
        240000: (400, "Message blocked by harmful links filter"),
    }
)
