"""`services.json`, strictly."""

from __future__ import annotations

import json

import pytest

from core.files.reading import RefusedEdit
from state.services.services_file import MAX_SERVICES, SHIPPED, ServiceSpec, parse_services


def test_the_shipped_examples_probe_helix_itself() -> None:
    services = parse_services(SHIPPED)
    assert [service.url for service in services] == ["{base}/health/live", "{base}/health/ready"]


def test_what_is_left_out_has_a_default() -> None:
    assert parse_services(b'{"x": {"url": "https://example.com/"}}') == (
        ServiceSpec("x", "https://example.com/", "GET", 200, 5.0),
    )


def test_an_empty_list_is_a_list() -> None:
    assert parse_services(b"{}") == ()


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({}, "url of x must be an http or https URL"),
        ({"url": "ftp://example.com/"}, "url of x"),
        ({"url": "http://"}, "url of x"),
        ({"url": "file:///etc/passwd"}, "url of x"),
        ({"url": "http://example.com:99999/"}, "url of x"),
        ({"url": "http://[::1/"}, "url of x"),
        ({"url": "http://exa mple.com/"}, "url of x"),
        ({"url": "http://example.com/\n"}, "url of x"),
        ({"url": "https://example.com/" + "x" * 2000}, "url of x"),
        ({"url": "x{base}/"}, "url of x"),
        ({"url": 5}, "url of x"),
        ({"url": "{base}/", "method": "POST"}, "method of x must be one of GET, HEAD"),
        ({"url": "{base}/", "method": ["GET"]}, "method of x"),
        ({"url": "{base}/", "expect_status": "200"}, "expect_status of x must be a status"),
        ({"url": "{base}/", "expect_status": 99}, "expect_status of x"),
        ({"url": "{base}/", "expect_status": True}, "expect_status of x"),
        ({"url": "{base}/", "timeout_s": 0}, "timeout_s of x must be a number of seconds"),
        ({"url": "{base}/", "timeout_s": 31}, "timeout_s of x"),
        ({"url": "{base}/", "timeout": 3}, "unknown field 'timeout': did you mean timeout_s?"),
        ({"url": "{base}/", "zzz": 3}, "known are url"),
        (5, "x must be an object"),
    ],
)
def test_a_bad_service_is_refused_with_its_place(spec: object, reason: str) -> None:
    with pytest.raises(RefusedEdit) as caught:
        parse_services(json.dumps({"x": spec}, indent=1).encode())
    assert reason in caught.value.reason
    assert caught.value.line is not None
    assert caught.value.line >= 2


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(RefusedEdit, match="a service's name"):
        parse_services(json.dumps({name: {"url": "{base}/"}}).encode())


def test_too_many_services_are_refused() -> None:
    services = {str(number): {"url": "{base}/"} for number in range(MAX_SERVICES + 1)}
    with pytest.raises(RefusedEdit, match="the limit is 50"):
        parse_services(json.dumps(services).encode())
