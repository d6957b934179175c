import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from core.logs.secret import Secret
from core.settings import values as parse

whole = parse.whole(1, 99, "things")
number = parse.number(0, 10, "seconds")
duration = parse.duration(1, 864000)
api_url = parse.url("https", "http", versioned=True)


def whsec(size: int) -> str:
    return "whsec_" + base64.b64encode(b"k" * size).decode()


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [
        (parse.switch, "TRUE", True),
        (parse.switch, "no", False),
        (whole, "007", 7),
        (number, "0.25", 0.25),
        (number, "10", 10.0),
        (duration, "900", 900.0),
        (duration, "15m", 900.0),
        (duration, "1d 2h 3m 4.5s", 93784.5),
        (duration, "2H", 7200.0),
        (parse.port, "0", 0),
        (parse.port, "65535", 65535),
        (parse.snowflake, "81384788765712384", 81384788765712384),
        (parse.host, "helix.example", "helix.example"),
        (parse.host, "[2001:DB8::1]", "2001:db8::1"),
        (api_url, "https://discord.com/api/v10/", "https://discord.com/api/v10"),
        (parse.prefix, "!", "!"),
        (parse.prefix, "hé·x?", "hé·x?"),
        (parse.webhook_key, whsec(24), Secret(whsec(24))),
        (parse.webhook_url, "https://a.example/x?y=z", Secret("https://a.example/x?y=z")),
        (parse.webhook_url, "http://[::1]:80/x", Secret("http://[::1]:80/x")),
        (parse.passphrase, "thrée words here", Secret("thrée words here")),
        (parse.database_url, "postgres://u:p@h/d", Secret("postgres://u:p@h/d")),
        (parse.database_url, "postgresql:///d?host=/tmp", Secret("postgresql:///d?host=/tmp")),
        (parse.database_url, "postgres://u:%2F%40%25@h/d", Secret("postgres://u:%2F%40%25@h/d")),
        (parse.database_url, "postgresql://a:1,b:2/d", Secret("postgresql://a:1,b:2/d")),
        (parse.node_name, "node-1.a", "node-1.a"),
        (parse.log_level, "warning", "WARNING"),
        (parse.folder, "some/where", Path("some/where")),
    ],
)
def test_a_right_value_is_taken(parser: Callable[[str], object], text: str, value: object) -> None:
    assert parser(text) == value


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (parse.switch, "maybe"),
        (parse.switch, "2"),
        (parse.database_url, "postgresql"),
        (parse.database_url, "postgresql://u:open/sesame@h/d"),
        (parse.database_url, "postgresql://u:open?sesame@h/d"),
        (parse.database_url, "postgresql://u:open#sesame@h/d"),
        (parse.database_url, "postgresql://u:open@sesame@h/d"),
        (parse.database_url, "postgresql://u:open%sesame@h/d"),
        (parse.database_url, "postgresql://u:open%00sesame@h/d"),
        (parse.database_url, "postgresql://h/a b"),
        (parse.node_name, "-a"),
        (parse.node_name, "a b"),
        (whole, "0"),
        (whole, "100"),
        (whole, "-1"),
        (whole, "1.5"),
        (whole, "٣"),
        (whole, "1_0"),
        (whole, "9" * 5000),
        (number, "0"),
        (number, "10.01"),
        (number, "nan"),
        (number, "inf"),
        (number, "1e3"),
        (number, "-1"),
        (duration, "0"),
        (duration, "m"),
        (duration, "15 minutes"),
        (duration, "30m1h"),
        (duration, "11d"),
        (duration, "-5m"),
        (duration, "9" * 40 + "s"),
        (parse.port, "65536"),
        (parse.port, "-1"),
        (parse.port, "80a"),
        (parse.snowflake, "12345"),
        (parse.snowflake, "000000000000001"),
        (parse.snowflake, "99999999999999999999"),
        (parse.snowflake, "<@81384788765712384>"),
        (parse.host, "http://x"),
        (parse.host, "x:80"),
        (parse.host, "999.1.1.1"),
        (parse.host, "-x.example"),
        (parse.host, "x" * 300),
        (parse.network, "10.0.0.1/8"),
        (parse.network, "10.0.0.0/33"),
        (parse.network, "everyone"),
        (api_url, "https://discord.com/api"),
        (api_url, "ftp://discord.com/api/v10"),
        (api_url, "https://me:pw@discord.com/api/v10"),
        (api_url, "https://discord.com/api/v10?x=1"),
        (api_url, "https://discord.com:99999/api/v10"),
        (api_url, "https://[::1/api/v10"),
        (api_url, "https:///api/v10"),
        (api_url, "https://dis cord.com/api/v10"),
        (parse.prefix, "123456"),
        (parse.prefix, "/"),
        (parse.prefix, "#"),
        (parse.prefix, "a b"),
        (parse.prefix, "\u200b"),
        (parse.secret, "with space"),
        (parse.secret, "new\nline"),
        (parse.secret, "pässword"),
        (parse.passphrase, "\udcff"),
        (parse.discord_token, "Bot abc"),
        (parse.webhook_key, whsec(23)),
        (parse.webhook_key, base64.b64encode(b"k" * 24).decode()),
        (parse.webhook_key, "whsec_" + "*" * 40),
        (parse.webhook_key, "whsec_" + "é" * 40),
        (parse.webhook_url, "http://a.example/x"),
        (parse.webhook_url, "a.example/x"),
        (parse.log_level, "TRACE"),
        (parse.one_of("text", "json"), "xml"),
        (parse.folder, "a\0b"),
        (parse.folder, "x" * 5000),
        (parse.listed(parse.snowflake), "81384788765712384,x"),
        (parse.listed(parse.switch), " ".join(["on"] * 101)),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(
    parser: Callable[[str], object], text: str
) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        parser(text)
    assert len(str(caught.value)) < 200


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="folder"):
        parse.folder(str(tmp_path / "file"))
    assert parse.folder(str(tmp_path)) == tmp_path


def test_a_list_keeps_its_order_and_each_value_once() -> None:
    assert parse.listed(whole)("3, 1 3,2") == (3, 1, 2)
