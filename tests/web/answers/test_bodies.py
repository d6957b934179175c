import gzip
import random
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from web.answers.bodies import Body, encode_json

LONG = b'{"text":"' + b"coherence " * 200 + b'"}'


def test_times_are_rfc_3339_in_utc() -> None:
    assert encode_json(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == b'"2026-01-02T03:04:05Z"'


def test_any_mapping_is_an_object() -> None:
    assert encode_json(MappingProxyType({"a": MappingProxyType({})})) == b'{"a":{}}'


def test_a_value_without_json_form_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="object"):
        encode_json(object())


def test_each_encoding_has_its_own_entity_tag() -> None:
    body = Body(LONG)
    assert body.variant("identity").etag != body.variant("gzip").etag


def test_the_same_content_has_the_same_entity_tag() -> None:
    assert Body(LONG).variant("gzip").etag == Body(LONG).variant("gzip").etag
    assert Body(LONG).identity.etag != Body(LONG + b" ").identity.etag


def test_a_body_is_compressed_once() -> None:
    body = Body(LONG)
    packed = body.variant("gzip")
    assert gzip.decompress(packed.body) == LONG
    assert body.variant("gzip") is packed


@pytest.mark.parametrize("content", [b"{}", random.Random(1).randbytes(600)])
def test_a_body_that_compression_does_not_shrink_is_sent_uncompressed(content: bytes) -> None:
    body = Body(content)
    assert body.variant("gzip") is body.identity
    assert "Content-Encoding" not in dict(body.identity.headers)


def test_a_304_has_no_content_headers() -> None:
    names = {name for name, _ in Body(LONG).variant("gzip").short_headers}
    assert {"ETag", "Vary"} <= names
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & names
