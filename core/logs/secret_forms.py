"""The forms in which a secret may appear in texts: plain, quoted, escaped, and in base64."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, quote, quote_plus, unquote, urlsplit

# Masking shorter texts would blot out ordinary words; a shorter base64 piece may occur by chance.
_SHORTEST: Final = 4
_SHORTEST_BASE64: Final = 8
# Shorter queries are options, such as `db=0`.
_SHORTEST_QUERY: Final = 16
# Whose paths may be secret, as of a webhook; that of a database is its name.
_SECRET_PATHS: Final = frozenset({"https", "http"})


def forms_of(secret: str) -> frozenset[str]:
    """All forms of a secret and its parts that are long enough to be masked."""
    return frozenset(
        form
        for part in _parts(secret)
        if len(part) >= _SHORTEST
        for form in (*escaped(part), *_in_base64(part))
    )


def _parts(secret: str) -> Iterator[str]:
    """The secret; of a URL also path, query and password; of a key also the part after its prefix."""
    yield secret
    yield secret.removeprefix("whsec_")
    if "://" not in secret:
        return
    try:
        address = urlsplit(secret)
    except ValueError:
        # A token may look like a URL without being one.
        return
    if address.scheme in _SECRET_PATHS:
        yield address.path.rstrip("/")
    if len(address.query) >= _SHORTEST_QUERY:
        yield address.query
    yield from parse_qs(address.query).get("password", ())
    if address.password:
        yield address.password
        yield unquote(address.password)


def escaped(text: str) -> Iterator[str]:
    """The text plain, as in URLs, JSON and HTML, and as Python's repr of str and bytes."""
    data = text.encode("utf-8", "surrogatepass")
    yield from (text, quote(data), quote(data, safe=""), quote_plus(data))
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    yield from (html.escape(text), html.escape(text, quote=False))
    yield from (repr(text)[1:-1], ascii(text)[1:-1], repr(data)[2:-1])


def _in_base64(text: str) -> Iterator[str]:
    """Its base64 inside a longer text: the text before it shifts its bits in three ways."""
    data = text.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        # The characters at both ends also hold bits of the neighbours, so they are left out.
        first, last = (0, 2, 3)[before], len(encoded) - ((before + len(data)) % 3 != 0)
        inner = encoded[first:last]
        if len(inner) >= _SHORTEST_BASE64:
            yield from (inner, inner.translate(_URL_SAFE), quote(inner, safe=""))


_URL_SAFE: Final = str.maketrans("+/", "-_")
