import base64
import json
import socket
from ipaddress import IPv4Address
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.settings import TABLE, LoadedSettings, Secret, Settings, SettingsError, load_settings

TOKEN = {"DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0"}
EVERY_ADDRESS = str(IPv4Address(0))
KEY = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def load(environ: dict[str, str] | None = None, file: Path | None = None) -> Settings:
    return load_settings(environ or {}, file).settings


def problems(environ: dict[str, str], file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, file)
    return caught.value.problems


def env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_set_gives_the_sandbox_on_loopback() -> None:
    settings = load()
    assert settings == Settings()
    assert settings.sandbox
    assert (settings.host, settings.port, settings.port_is_set) == ("127.0.0.1", 8080, False)


def test_the_documented_defaults_are_the_real_ones() -> None:
    documented = {name: row.default for name, row in TABLE.items() if row.default}
    settings = load(documented)
    assert msgspec.structs.replace(settings, given=frozenset(), port_is_set=False) == Settings()


def test_every_field_of_the_record_has_its_row_or_is_found_out_at_the_start() -> None:
    fields = [row.attribute for row in TABLE.values() if row.parse is not None]
    assert [*fields, "port_is_set", "given", "in_sandbox"] == list(Settings.__struct_fields__)


def test_what_is_not_built_has_no_field() -> None:
    not_built = {name for name, row in TABLE.items() if row.parse is None}
    assert not_built == {"SHARD_COUNT", "SHARD_IDS"}


def test_an_env_file_from_before_reads_to_the_same_record() -> None:
    loaded = load_settings({}, Path(__file__).parent / "before.env")
    assert loaded.warnings == ()
    expected = json.loads((Path(__file__).parent / "before.json").read_text(encoding="utf-8"))
    assert {name: _shown(getattr(loaded.settings, name)) for name in expected} == expected


def _shown(value: object) -> object:
    match value:
        case Secret():
            return value.reveal()
        case tuple() | frozenset():
            return sorted(str(_shown(one)) for one in value)
        case None | int() | float():
            return value
    return str(value)


def test_every_value_arrives_with_its_declared_type() -> None:
    settings = load(
        {
            **TOKEN,
            "DISCORD_API_URL": "http://127.0.0.1:9/api/v10/",
            "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9/",
            "COMMAND_PREFIX": "hx!",
            "HOME_GUILD_ID": "81384788765712384",
            "OWNER_IDS": "81384788765712384, 81384788765712385 81384788765712384",
            "POST_CHANNEL_IDS": "81384788765712386",
            "HOST": "::1",
            "PORT": "0",
            "PUBLIC_URL": "https://helix.example/",
            "TRUSTED_PROXIES": "10.0.0.0/8 192.0.2.7,2001:db8::/32",
            "READ_TOKEN": "r" * 20,
            "HELIX_DATA_DIR": "elsewhere",
            "WEBHOOK_TOKEN": "w" * 20,
            "WEBHOOK_SECRET": f"{KEY} {KEY[:-4]}AAAA",
            "WEBHOOK_SIGNING_SECRET": KEY,
            "GITHUB_WEBHOOK_SECRET": "any text will do here",
            "ZAPIER_WEBHOOK_URL": "https://hooks.example/1 http://localhost:1/2",
            "DISCORD_WEBHOOK_URL": "https://discord.example/3",
            "ENABLE_RESPONSE_CACHING": "off",
            "SANDBOX_PORT": "0",
            "AGENT_TTL": "1h30m",
            "RITUAL_STEP_S": "0.05",
            "SHUTDOWN_S": "7.5",
            "MAX_BODY": "2048",
            "MAX_CONNECTIONS_PER_CLIENT": "0",
            "HEAD_TIMEOUT_S": "2.5",
            "RATE_LIMIT_PER_MINUTE": "0",
            "ACCESS_LOG": "All",
            "GATEWAY_LATENCY_WARN_MS": "500",
            "CLOCK_WARN_S": "2.5",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "JSON",
        }
    )
    assert settings.owner_ids == (81384788765712384, 81384788765712385)
    assert (settings.host, settings.port, settings.port_is_set) == ("::1", 0, True)
    assert (settings.home_guild_id, settings.command_prefix) == (81384788765712384, "hx!")
    assert settings.discord_api_url == "http://127.0.0.1:9/api/v10"
    assert settings.discord_gateway_url == "ws://127.0.0.1:9"
    assert settings.base_url == "https://helix.example"
    assert [str(network) for network in settings.trusted_proxies] == [
        "10.0.0.0/8",
        "192.0.2.7/32",
        "2001:db8::/32",
    ]
    assert len(settings.webhook_secret) == 2
    assert [url.reveal() for url in settings.zapier_webhook_url] == [
        "https://hooks.example/1",
        "http://localhost:1/2",
    ]
    assert not settings.enable_response_caching
    assert settings.agent_ttl_s == 5400.0
    assert (settings.ritual_step_s, settings.shutdown_s, settings.max_body) == (0.05, 7.5, 2048)
    assert (settings.max_connections_per_client, settings.rate_limit_per_minute) == (0, 0)
    assert settings.head_timeout_s == 2.5
    assert (settings.gateway_latency_warn_ms, settings.clock_warn_s) == (500, 2.5)
    assert (settings.log_level, settings.log_format, settings.access_log) == ("DEBUG", "json", "all")
    assert settings.data_dir == Path("elsewhere")
    assert len(settings.secrets()) == 10


@pytest.mark.parametrize("name", list(TABLE))
def test_no_setting_takes_bytes_that_are_no_utf_8(name: str) -> None:
    # As `os.environ` has it.
    for text in ("\udcff", "1\udcff", "https://x.example/\udcff"):
        found = problems({**TOKEN, name: text})
        assert any(name in problem for problem in found), text


def test_every_mistake_is_named_at_once() -> None:
    found = problems({**TOKEN, "PORT": "x", "LOG_LEVEL": "loud", "HOME_GUILD_ID": "12", "SHARD_IDS": "0"})
    assert [problem.split("=")[0].split(":")[0] for problem in found] == [
        "HOME_GUILD_ID",
        "PORT",
        "LOG_LEVEL",
        "SHARD_IDS",
    ]


def test_a_problem_says_the_value_and_what_would_be_right() -> None:
    assert problems({"PORT": "70000"}) == (
        "PORT='70000': must be a whole number from 0 to 65535 (0 means any free port).",
    )


def test_the_text_of_the_error_lists_every_problem() -> None:
    with pytest.raises(SettingsError, match=r"2 settings are wrong:\n  - PORT.*\n  - LOG_LEVEL"):
        load({"PORT": "x", "LOG_LEVEL": "loud"})
    with pytest.raises(SettingsError, match="One setting is wrong"):
        load({"PORT": "x"})


SECRET_MISTAKES = {
    "DISCORD_TOKEN": "Bot sesame",
    "READ_TOKEN": "sesame open",
    "WEBHOOK_TOKEN": "sesame\topen",
    "WEBHOOK_SECRET": "whsec_sesame",
    "WEBHOOK_SIGNING_SECRET": "sesame",
    "ZAPIER_WEBHOOK_URL": "ftp://sesame",
    "DISCORD_WEBHOOK_URL": "http://sesame.example",
    "DATABASE_URL": "mysql://sesame:sesame@host/db",
    "REDIS_URL": "http://:sesame@host",
}


@pytest.mark.parametrize("name", SECRET_MISTAKES)
def test_a_wrong_secret_is_named_and_never_shown(name: str) -> None:
    found = problems({**TOKEN, name: SECRET_MISTAKES[name]})
    assert found[0].startswith(f"{name}: ")
    assert "sesame" not in "".join(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://me:sesame@hooks.example/1", "https://10.0.0.1/sesame", "http://hooks.example/sesame",
        "https://[fd00::1]/sesame", "https://hooks.example/" + "sesame" * 400,
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["ZAPIER_WEBHOOK_URL", "DISCORD_WEBHOOK_URL"])
def test_an_address_that_would_never_be_sent_to_is_a_mistake_at_the_start(name: str, url: str) -> None:
    (problem,) = problems({**TOKEN, name: url})
    assert problem == f"{name}: must be a full https:// URL of a public host, without a user name."


@pytest.mark.parametrize("name", ["ZAPIER_WEBHOOK_URL", "DISCORD_WEBHOOK_URL"])
def test_an_address_on_this_machine_is_warned_of_outside_the_sandbox(name: str) -> None:
    url = {name: "http://localhost:1/sesame"}
    (warning,) = load_settings({**TOKEN, **url}, None).warnings
    assert warning == f"{name}: it points to this machine, so nothing is sent to it outside the sandbox."
    assert load_settings(url, None).warnings == ()


def test_an_address_with_a_password_in_it_is_not_shown() -> None:
    assert "sesame" not in problems({"PUBLIC_URL": "https://me:sesame@helix.example"})[0]


def test_secrets_are_not_in_the_representation_of_the_settings() -> None:
    shown = repr(load({**TOKEN, "READ_TOKEN": "open-sesame-open-sesame"}))
    assert "sesame" not in shown
    assert TOKEN["DISCORD_TOKEN"] not in shown


def test_a_short_token_is_a_warning_that_does_not_show_it() -> None:
    loaded = load_settings({"READ_TOKEN": "sesame"}, None)
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith("READ_TOKEN")
    assert "sesame" not in loaded.warnings[0]


@pytest.mark.parametrize("name", ["READ_TOKEN", "WEBHOOK_TOKEN", "GITHUB_WEBHOOK_SECRET"])
def test_a_token_below_24_characters_is_a_warning(name: str) -> None:
    assert [len(load_settings({name: "x" * length}, None).warnings) for length in (23, 24)] == [1, 0]


def test_the_process_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = env_file(tmp_path, "PORT=1111\nLOG_LEVEL=ERROR\n")
    settings = load({"PORT": "2222"}, file)
    assert (settings.port, settings.log_level) == (2222, "ERROR")


def test_an_empty_variable_hides_the_one_of_the_file(tmp_path: Path) -> None:
    file = env_file(tmp_path, f"DISCORD_TOKEN={TOKEN['DISCORD_TOKEN']}\n")
    assert not load({}, file).sandbox
    assert load({"DISCORD_TOKEN": ""}, file).sandbox


def test_a_missing_file_is_no_file(tmp_path: Path) -> None:
    assert load({}, tmp_path / ".env") == Settings()


def test_what_was_set_is_known_wherever_it_was_set(tmp_path: Path) -> None:
    file = env_file(tmp_path, "PORT=1111\n")
    settings = load({"LOG_LEVEL": "INFO", "ADMIN_ROLE_ID": " "}, file)
    assert settings.given == {"PORT", "LOG_LEVEL"}
    assert settings.port_is_set


def test_with_a_token_and_a_port_of_the_platform_every_address_is_listened_on() -> None:
    assert load({**TOKEN, "PORT": "3000"}).host == EVERY_ADDRESS


def test_a_port_from_the_file_does_not_open_the_server(tmp_path: Path) -> None:
    assert load(TOKEN, env_file(tmp_path, "PORT=3000\n")).host == "127.0.0.1"


def test_a_chosen_host_is_kept_on_a_platform() -> None:
    assert load({**TOKEN, "PORT": "3000", "HOST": "127.0.0.1"}).host == "127.0.0.1"


def test_the_sandbox_takes_a_port_and_stays_on_loopback() -> None:
    assert load({"PORT": "3000"}).host == "127.0.0.1"


@pytest.mark.parametrize("host", [EVERY_ADDRESS, "::", "192.0.2.1", "helix.example"])
def test_the_sandbox_refuses_a_public_host_and_names_the_token(host: str) -> None:
    (found,) = problems({"HOST": host})
    assert found.startswith("DISCORD_TOKEN")
    assert "HOST" in found


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_the_sandbox_takes_every_loopback_host(host: str) -> None:
    assert load({"HOST": host}).sandbox


@pytest.mark.parametrize("platform", ["RAILWAY_ENVIRONMENT", "DYNO", "FLY_APP_NAME", "K_SERVICE", "RENDER"])
def test_the_sandbox_does_not_run_on_a_hosting_platform(platform: str) -> None:
    (found,) = problems({platform: "production"})
    assert found.startswith("DISCORD_TOKEN")
    assert platform in found


def test_a_hosting_platform_with_a_token_is_fine() -> None:
    assert not load({**TOKEN, "RAILWAY_ENVIRONMENT": "production"}).sandbox


def test_the_public_domain_of_the_platform_makes_full_links() -> None:
    assert load({**TOKEN, "RAILWAY_PUBLIC_DOMAIN": "x.up.example"}).base_url == "https://x.up.example"
    chosen = {**TOKEN, "RAILWAY_PUBLIC_DOMAIN": "x.up.example", "PUBLIC_URL": "https://helix.example"}
    assert load(chosen).base_url == "https://helix.example"


def test_a_public_domain_that_is_none_is_named() -> None:
    (found,) = problems({**TOKEN, "RAILWAY_PUBLIC_DOMAIN": "https://x"})
    assert found.startswith("RAILWAY_PUBLIC_DOMAIN")


@pytest.mark.parametrize(
    ("host", "base"),
    [
        (EVERY_ADDRESS, "http://127.0.0.1:8080"),
        ("::", "http://127.0.0.1:8080"),
        ("[::]", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:8080"),
        ("127.0.0.2", "http://127.0.0.2:8080"),
        ("2001:db8::1", "http://[2001:db8::1]:8080"),
        ("helix.example", "http://helix.example:8080"),
    ],
)
def test_full_links_without_a_public_address_lead_to_an_address_one_can_open(host: str, base: str) -> None:
    assert load({**TOKEN, "HOST": host}).base_url == base


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            {"LOOP_LAG_WARN_MS": "3000"},
            "LOOP_LAG_WARN_MS=3000: must be at most 2000, the value of LOOP_LAG_FAIL_MS.",
        ),
        (
            {"LOOP_CRASHES_WARN": "3"},
            "LOOP_CRASHES_WARN=3: must be at most 2, the value of LOOP_CRASHES_FAIL.",
        ),
        (
            {"COMMAND_ERRORS_FAIL_PERCENT": "4"},
            "COMMAND_ERRORS_WARN_PERCENT=5: must be at most 4, the value of COMMAND_ERRORS_FAIL_PERCENT.",
        ),
        (
            {"DISK_FREE_WARN_MB": "5"},
            "DISK_FREE_WARN_MB=5: must be at least 10, the value of DISK_FREE_FAIL_MB.",
        ),
        (
            {"DISK_FREE_WARN_MB": "50", "DISK_FREE_FAIL_MB": "60"},
            "DISK_FREE_WARN_MB=50: must be at least 60, the value of DISK_FREE_FAIL_MB.",
        ),
    ],
)
def test_what_would_fail_before_it_warns_is_named(environ: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(environ, None)
    assert raised.value.problems == (problem,)


def test_an_unknown_flag_in_the_file_is_a_problem_with_a_suggestion(tmp_path: Path) -> None:
    (found,) = problems({}, env_file(tmp_path, "ENABLE_LAZY_COMAND=true\n"))
    assert "ENABLE_LAZY_COMAND in .env" in found
    assert "Did you mean ENABLE_LAZY_COMMANDS?" in found


def test_an_unknown_flag_in_the_environment_is_a_warning_with_a_suggestion() -> None:
    loaded = load_settings({"ENABLE_LAZY_COMAND": "true", "ENABLE_ZZZ": "1"}, None)
    assert "Did you mean ENABLE_LAZY_COMMANDS?" in loaded.warnings[0]
    assert "ENABLE_RESPONSE_CACHING, ENABLE_STATE_WATCHING" in loaded.warnings[1]


def test_another_unknown_name_in_the_file_is_a_warning_when_it_resembles_ours(tmp_path: Path) -> None:
    file = env_file(tmp_path, "DISCORD_TOKN=sesame\nSOMETHING_ELSE_ENTIRELY=1\n")
    loaded: LoadedSettings = load_settings({}, file)
    assert loaded.warnings == ("DISCORD_TOKN in .env: there is no such setting. Did you mean DISCORD_TOKEN?",)


def test_what_needs_more_than_one_process_is_not_built_yet() -> None:
    found = problems({"SHARD_COUNT": "2", "SHARD_IDS": "0"})
    assert len(found) == 2
    assert all("must be unset" in problem for problem in found)


def test_the_addresses_of_servers_are_secrets() -> None:
    addresses = {
        "DATABASE_URL": "postgresql://helix:open-sesame@db:5432/helix",
        "REDIS_URL": "rediss://:open-sesame@cache:6379/0",
    }
    loaded = load_settings({**TOKEN, **addresses}, None)
    masked = {secret.reveal() for secret in loaded.settings.secrets()}
    assert set(addresses.values()) <= masked
    assert "sesame" not in repr(loaded)
    assert loaded.warnings == ()


def test_another_engine_than_postgresql_is_refused() -> None:
    (found,) = problems({**TOKEN, "DATABASE_URL": "sqlite:///helix.db"})
    assert "PostgreSQL" in found


def test_a_process_is_named_after_its_machine() -> None:
    assert load_settings(TOKEN, None).settings.node == socket.gethostname()
    assert load_settings({**TOKEN, "HELIX_NODE": "blue-1"}, None).settings.node == "blue-1"


def test_mistakes_of_the_file_and_of_the_environment_come_together(tmp_path: Path) -> None:
    found = problems({"PORT": "x"}, env_file(tmp_path, "LOG_LEVEL=INFO\nnonsense here\n"))
    assert found[0] == ".env, line 2: it is not valid; write NAME=value"
    assert found[1].startswith("PORT")


_NAMES = st.sampled_from([*TABLE, "RAILWAY_PUBLIC_DOMAIN", "ENABLE_X", "DYNO"])


def outcome(environ: dict[str, str], file: Path | None) -> LoadedSettings | tuple[str, ...]:
    try:
        return load_settings(environ, file)
    except SettingsError as error:
        return error.problems


@given(environ=st.dictionaries(_NAMES, st.text(max_size=80), max_size=8))
def test_no_environment_raises_anything_but_a_settings_error(environ: dict[str, str]) -> None:
    found = outcome(environ, None)
    if isinstance(found, tuple):
        assert found
        return
    assert found.settings.base_url.startswith(("http://", "https://"))
    assert 0 <= found.settings.port <= 65535
    assert 1 <= len(found.settings.command_prefix) <= 5


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    content=st.binary(max_size=300) | st.text(alphabet="PORT=x\"'#\\\n \r$\0é", max_size=60).map(str.encode)
)
def test_no_file_raises_anything_but_a_settings_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ".env"
    path.write_bytes(content)
    assert outcome({}, path) != ()


@pytest.mark.parametrize("path", ["/helix", "/tools/helix", "/a.b/~c_d-1", "/helix/"])
def test_the_public_address_may_have_a_path(path: str) -> None:
    settings = load({**TOKEN, "PUBLIC_URL": f"https://example.org{path}"})
    assert settings.public_path == path.rstrip("/")
    assert settings.base_url == f"https://example.org{path.rstrip('/')}"


@pytest.mark.parametrize("path", ["/a b", "/a//b", "/..", "/a/./b", "/{name}", "/a%20b", "/a;b", "/é", '/"x'])
def test_a_path_that_links_cannot_begin_with_is_refused(path: str) -> None:
    (found,) = problems({**TOKEN, "PUBLIC_URL": f"https://example.org{path}"})
    assert found.startswith("PUBLIC_URL")
