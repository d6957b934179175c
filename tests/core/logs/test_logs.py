import base64
import html
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import quote, quote_plus

import pytest

from core.logs import SecretMask, configure
from core.logs.secret import Secret

TOKEN = Secret('open-sesame-"7"')
URL = Secret("https://hooks.example/catch/42/sesame")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("discord", "watchfiles", "aiohttp.access")}
    yield
    for handler in list(root.handlers):
        if handler not in before:
            root.removeHandler(handler)
    root.setLevel(level)
    for name, its in levels.items():
        logging.getLogger(name).setLevel(its)
    logging.captureWarnings(capture=False)


Start = Callable[..., tuple[io.StringIO, SecretMask]]


@pytest.fixture
def start() -> Start:
    def begin(
        format_: Literal["text", "json"] = "text", level: str = "INFO"
    ) -> tuple[io.StringIO, SecretMask]:
        stream = io.StringIO()
        return stream, configure(level, format_, secrets=(TOKEN, URL), stream=stream)

    return begin


logger = logging.getLogger("helix.test")


def reach() -> None:
    raise RuntimeError(f"cannot reach {URL.reveal()}")


def forge(text: str) -> None:
    raise ValueError(text)


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_a_line_has_moment_level_logger_and_message(start: Start) -> None:
    stream, _ = start()
    logger.info("cog.loaded cog=%s ms=%d", "help", 12)
    moment, rest = stream.getvalue().split(" ", 1)
    assert rest == "INFO helix.test cog.loaded cog=help ms=12\n"
    assert len(moment) == len("2026-01-01T12:00:00.000Z")
    assert moment.endswith("Z")


def test_json_is_one_object_a_line(start: Start) -> None:
    stream, _ = start("json")
    logger.warning("two\nlines é")
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "helix.test", "two\nlines é")
    assert "traceback" not in entry


@pytest.mark.parametrize("format_", ["text", "json"])
def test_secrets_are_masked_in_messages_arguments_tracebacks_and_stacks(start: Start, format_: str) -> None:
    stream, _ = start(format_)
    logger.error(f"message {TOKEN.reveal()}")  # noqa: G004 - a careless line is what is tested
    logger.error("argument %s and %r", TOKEN.reveal(), [URL.reveal()])
    try:
        reach()
    except RuntimeError:
        logger.exception("crashed")
    logger.error("stack", stack_info=True)
    written = stream.getvalue()
    assert "sesame" not in written
    assert written.count("***") >= 4
    assert "Traceback" in written
    assert "RuntimeError: cannot reach ***" in written


def test_a_traceback_that_another_handler_has_rendered_is_masked_too(start: Start) -> None:
    stream, _ = start()
    record = logger.makeRecord("helix.test", logging.ERROR, "f", 1, "crashed", (), None)
    record.exc_text = f"Traceback: {TOKEN.reveal()}"
    logger.handle(record)
    assert "Traceback: ***" in stream.getvalue()
    assert record.exc_text == f"Traceback: {TOKEN.reveal()}"


def test_the_path_of_a_secret_address_is_masked_alone(start: Start) -> None:
    stream, _ = start()
    logger.info("POST %s answered 200", "/catch/42/sesame")
    assert "POST *** answered" in stream.getvalue()


def test_a_secret_that_comes_later_is_masked_from_then_on(start: Start) -> None:
    stream, mask = start()
    mask.register(Secret("hook-secret"))
    logger.info("new hook-secret")
    assert "new ***" in stream.getvalue()


ODD = "p\u00e4ss/w+rd \"quoted\" & 'more' \\ <end>"


@pytest.mark.parametrize("secret", [ODD, "a-plain-token-of-letters", "short+1/"])
@pytest.mark.parametrize(
    "form",
    [
        quote, lambda text: quote(text, safe=""), quote_plus, json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False), html.escape, repr, ascii,
        lambda text: repr(text.encode()),
    ],
)  # fmt: skip
def test_a_secret_is_masked_in_its_quoted_and_escaped_forms(secret: str, form: Callable[[str], str]) -> None:
    said = SecretMask([Secret(secret)]).mask(f"before {form(secret)} after")
    assert said.replace('"', "").replace("'", "").replace("b***", "***") == "before *** after"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("secret", [ODD, "a-plain-token-of-letters", "\u00ff\u00fe\u00fb\u00ff\u00fe\u00fb"])
def test_a_secret_is_masked_in_base64_wherever_it_begins(
    secret: str, user: str, encode: Callable[[bytes], bytes]
) -> None:
    shown = encode(f"{user}{secret}:x".encode()).decode()
    masked = SecretMask([Secret(secret)]).mask(shown)
    assert "***" in masked
    # What is left are the neighbours, and at each end one character that holds bits of both.
    assert len(masked) <= len(encode(f"{user}:x".encode())) + 2 + len("***") + 4


def test_a_secret_that_is_no_valid_text_is_masked_too() -> None:
    assert SecretMask([Secret("half-\udc80-a-pair")]).mask("half-\udc80-a-pair") == "***"


def test_the_password_of_a_secret_address_is_masked_alone() -> None:
    mask = SecretMask([Secret("redis://me:p%40ssword@cache.example/0")])
    assert mask.mask("wrong: p%40ssword, p@ssword") == "wrong: ***, ***"


def test_the_name_of_a_database_is_no_secret_and_its_password_is() -> None:
    mask = SecretMask([Secret("postgresql://me:p%40ssword@db/helix?password=other-word")])
    assert mask.mask("data/helix.db p@ssword other-word") == "data/helix.db *** ***"


def test_the_query_of_a_secret_address_is_masked_alone() -> None:
    mask = SecretMask([Secret("https://hooks.example/catch/1?token=letters-and-digits")])
    assert mask.mask("GET /catch/1?token=letters-and-digits") == "GET ***?***"
    assert SecretMask([Secret("redis://cache.example/0?db=0")]).mask("size=1 db=0") == "size=1 db=0"


def test_a_secret_that_looks_like_an_address_and_is_none_is_masked() -> None:
    assert SecretMask([Secret("abc://[letters-and-digits")]).mask("abc://[letters-and-digits") == "***"


def test_a_longer_secret_is_masked_whole_though_it_contains_a_shorter_one() -> None:
    mask = SecretMask([Secret("abcd"), Secret("abcdefgh")])
    assert mask.mask("abcdefgh abcd") == "*** ***"


def test_very_short_and_empty_secrets_do_not_blot_out_words() -> None:
    assert SecretMask([Secret(""), Secret("a"), Secret("http://x/")]).mask("a banana/") == "a banana/"


def test_other_handlers_see_the_record_as_it_was(start: Start) -> None:
    start()
    seen: list[str] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    other = Other()
    logging.getLogger().addHandler(other)
    logger.info("argument %s", TOKEN.reveal())
    assert seen == [f"argument {TOKEN.reveal()}"]


def test_a_message_cannot_forge_a_line_or_move_the_cursor(start: Start) -> None:
    stream, _ = start()
    logger.info("name=%s", "x\n2026 ERROR forged\r\x1b[2J\u2028")
    assert stream.getvalue().count("\n") == 1
    assert "\\n2026 ERROR forged\\r\\x1b[2J\\u2028" in stream.getvalue()


def test_the_text_of_an_error_cannot_forge_a_line_of_its_own(start: Start) -> None:
    stream, _ = start()
    try:
        forge("bad name\n2026-01-01T00:00:00.000Z INFO helix all is well")
    except ValueError:
        logger.exception("web.incident")
    first, *others = stream.getvalue().splitlines()
    assert first.endswith("web.incident")
    assert any("all is well" in line for line in others)
    assert all(line.startswith("  ") for line in others)


def test_arguments_that_do_not_fit_are_said_and_not_shown(start: Start) -> None:
    stream, _ = start()
    # Straight to the handler, since pytest's own would raise.
    handler = logging.getLogger().handlers[-1]
    for message, argument in (("one=%s two=%s", TOKEN.reveal()), ("object=%s", Unprintable())):
        handler.handle(logger.makeRecord("helix.test", logging.INFO, "f", 1, message, (argument,), None))
    written = stream.getvalue()
    assert "its arguments could not be shown: TypeError" in written
    assert "its arguments could not be shown: RuntimeError" in written
    assert "sesame" not in written


def test_a_second_call_replaces_the_first(start: Start) -> None:
    first, _ = start()
    second, _ = start("json", "ERROR")
    logger.info("too quiet")
    logger.error("loud")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_debugging_does_not_make_libraries_log_message_content(start: Start) -> None:
    stream, _ = start(level="DEBUG")
    logger.debug("ours")
    logging.getLogger("discord.gateway").debug("theirs")
    logging.getLogger("watchfiles.main").info("theirs")
    assert "ours" in stream.getvalue()
    assert "theirs" not in stream.getvalue()


def test_python_s_warnings_are_logged_and_masked(start: Start) -> None:
    stream, _ = start()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"old {TOKEN.reveal()}", UserWarning, stacklevel=1)
    assert "UserWarning: old ***" in stream.getvalue()


def test_without_a_stream_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text")
    logger.info("hello")
    assert "hello" in capsys.readouterr().err
