from ipaddress import ip_network

import pytest

from web.edge.client_address import ClientAddress, client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1:47011", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:_hidden", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]:47011", "2001:db8::7"),
        ("10.0.0.1", '"[2001:db8:CAFE::17]:4711"', "2001:db8:cafe::17"),
        ("10.0.0.1", '"198.51.100.1"', "198.51.100.1"),
        ("10.0.0.1", "[::ffff:198.51.100.1]:80, 10.0.0.2:81", "198.51.100.1"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "[fe80::1%25eth0]:80", "fe80::1"),
        ("10.0.0.1", "198.51.100.1,", "198.51.100.1"),
        ("10.0.0.1", ",, 198.51.100.1, , 10.0.0.2,", "198.51.100.1"),
        # The cut must not make another address of what it goes through.
        ("10.0.0.1", "198.51.100.1, " + ", ".join(["10.0.0.2"] * 203) + "," * 7, "10.0.0.2"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_only_trusted_proxies_may_forward_addresses(
    peer: str | None, forwarded_for: str | None, client: str
) -> None:
    assert client_address(peer, forwarded_for, PROXIES).address == client


@pytest.mark.parametrize(
    "entry",
    [
        "unknown", "_hidden", "nonsense", "198.51.100", "198.51.100.1:", "198.51.100.1:port",
        "[198.51.100.1]:x", "[2001:db8::7", "2001:db8::7]:80",
        "fe80::1%any text = at all", '"198.51.100.1', "\u0663",
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_named(entry: str) -> None:
    found = client_address("10.0.0.1", f"198.51.100.1, {entry}, 10.0.0.2", PROXIES)
    assert (found.address, found.unreadable) == ("10.0.0.2", entry)


def test_without_trusted_proxies_forwarded_addresses_are_ignored() -> None:
    assert client_address("10.0.0.1", "nonsense", ()) == ClientAddress("10.0.0.1")
