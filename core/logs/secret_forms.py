"""The forms in which a secret shows up in texts: as it is, quoted, escaped, and in base64."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

# Shorter ones would blot out ordinary words; a shorter piece of base64 may stand anywhere by chance.
_SHORTEST: Final = 4
_SHORTEST_BASE64: Final = 8
# Shorter queries are options, such as `db=0`.
_SHORTEST_QUERY: Final = 16


def forms_of(secret: str) -> frozenset[str]:
    """Every form of a secret and of its parts that is long enough to be masked."""
    return frozenset(
        form
        for part in _parts(secret)
        if len(part) >= _SHORTEST
        for form in (*escaped(part), *_in_base64(part))
    )


def _parts(secret: str) -> Iterator[str]:
    """The secret; of an address also its path, query and password, and of a key what follows its prefix."""
    yield secret
    yield secret.removeprefix("whsec_")
    if "://" not in secret:
        return
    try:
        address = urlsplit(secret)
    except ValueError:
        # A token may look like an address and be none.
        return
    yield address.path.rstrip("/")
    if len(address.query) >= _SHORTEST_QUERY:
        yield address.query
    if address.password:
        yield address.password
        yield unquote(address.password)


def escaped(text: str) -> Iterator[str]:
    """The text as it is, in addresses, JSON and HTML, and as Python shows texts and bytes."""
    data = text.encode("utf-8", "surrogatepass")
    yield from (text, quote(data), quote(data, safe=""), quote_plus(data))
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    yield from (html.escape(text), html.escape(text, quote=False))
    yield from (repr(text)[1:-1], ascii(text)[1:-1], repr(data)[2:-1])


def _in_base64(text: str) -> Iterator[str]:
    """Within a longer text too: what stands before it shifts its bits in three ways."""
    data = text.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        # The characters at both ends that hold bits of what stands beside it.
        first, last = (0, 2, 3)[before], len(encoded) - ((before + len(data)) % 3 != 0)
        inner = encoded[first:last]
        if len(inner) >= _SHORTEST_BASE64:
            yield from (inner, inner.translate(_URL_SAFE), quote(inner, safe=""))


_URL_SAFE: Final = str.maketrans("+/", "-_")
