"""Content negotiation and entity tags (RFC 9110 §12.4, §12.5 and §13.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

Encoding = Literal["identity", "gzip"]

_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# Limits the parser's work: the rest of a longer `Accept` header is ignored, and longer lists of entity tags
# match nothing.
_LONGEST_HEADER = 4096


def choose_encoding(accept_encoding: str | None) -> Encoding:
    """The encoding to send, by the client's q-values; identity unless gzip is wanted.

    A header that refuses everything gets identity too, because an unencoded response is better than none
    (RFC 9110 §12.5.3).
    """
    if accept_encoding is None or ("gzip" not in (folded := accept_encoding.lower()) and "*" not in folded):
        return "identity"
    weights = {name: quality for name, _, quality in _ranked(folded)}
    anything = weights.get("*", 0.0)
    gzip = max(weights.get("gzip", anything), weights.get("x-gzip", 0.0))
    # Identity that is not named is acceptable, with the lowest preference.
    identity = weights.get("identity", 0.0)
    return "gzip" if gzip > 0 and gzip >= identity else "identity"


def choose_media_type(
    accept: str | None, offers: Sequence[tuple[str, Mapping[str, tuple[str, ...]]]]
) -> int | None:
    """The offer that the client prefers; the earlier one of equals.

    Args:
        accept: the `Accept` header.
        offers: media types, each with its relevant parameters and their allowed values.

    Returns:
        The index into `offers`, or None if none is acceptable.
    """
    if accept is None or not accept.strip():
        return 0
    ranges = _ranked(accept)
    best: int | None = None
    best_quality = 0.0
    for index, (media_type, parameters) in enumerate(offers):
        quality = _quality(media_type, parameters, ranges)
        if quality > best_quality:
            best, best_quality = index, quality
    return best


def already_has(if_none_match: str | None, etag: str) -> bool:
    """Whether `If-None-Match` names `etag` (quotes included), by weak comparison (RFC 9110 §13.1.2)."""
    if if_none_match is None or len(if_none_match) > _LONGEST_HEADER:
        return False
    return if_none_match.strip() == "*" or etag in _ENTITY_TAG.findall(if_none_match)


def is_named(if_match: str, etag: str) -> bool:
    """Whether `If-Match` names `etag` (quotes included), by strong comparison (RFC 9110 §13.1.1)."""
    if len(if_match) > _LONGEST_HEADER:
        return False
    named = (found[0] for found in _ENTITY_TAG.finditer(if_match))
    return if_match.strip() == "*" or etag in named


def _ranked(header: str) -> list[tuple[str, dict[str, str], float]]:
    """The header's members: name, parameters, quality; members with a malformed quality are skipped."""
    members = []
    for member in header[:_LONGEST_HEADER].lower().split(","):
        name, *rest = (part.strip() for part in member.split(";"))
        parameters = {
            key.strip(): value.strip().strip('"') for key, _, value in (part.partition("=") for part in rest)
        }
        quality = parameters.pop("q", "1")
        if name and _QVALUE.match(quality):
            members.append((name, parameters, float(quality)))
    return members


def _quality(
    media_type: str,
    allowed: Mapping[str, tuple[str, ...]],
    ranges: list[tuple[str, dict[str, str], float]],
) -> float:
    """The quality of an offer by its most specific matching range."""
    best_precision, quality = -1, 0.0
    main_type = media_type.partition("/")[0]
    for name, parameters, weight in ranges:
        if name == media_type and all(parameters[key] in allowed[key] for key in parameters.keys() & allowed):
            precision = 2 + len(parameters)
        elif name == f"{main_type}/*":
            precision = 1
        elif name == "*/*":
            precision = 0
        else:
            continue
        if precision > best_precision or (precision == best_precision and weight > quality):
            best_precision, quality = precision, weight
    return quality
