"""What is used of aiohttp beyond its documentation is still there, and only one file uses it."""

import ast
import importlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import MemberDescriptorType
from typing import Any

import pytest

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[3]
ADAPTER = ROOT / "core/http/aiohttp_internals.py"
DOCUMENTED = {"aiohttp", "aiohttp.abc", "aiohttp.test_utils", "aiohttp.typedefs", "aiohttp.web"}

# Module, class (or nothing), member: who needs it.
PARTS = {
    ("web_protocol", "RequestHandler", "_loop"): "timers of web/edge/bounded.py",
    ("web_protocol", "RequestHandler", "_waiter"): "web/edge/protocol.py: whether a connection is idle",
    ("web_protocol", "RequestHandler", "_paused"): "web/edge/protocol.py: a client that reads no answers",
    ("web_protocol", "RequestHandler", "_close"): "web/edge/protocol.py and bounded.py: no more requests",
    (
        "web_protocol",
        "RequestHandler",
        "_force_close",
    ): "web/edge/protocol.py and bounded.py: no more answers",
    ("web_protocol", "RequestHandler", "_request_in_progress"): "web/edge/bounded.py: requests to answer",
    ("web_protocol", "RequestHandler", "_upgraded"): "web/edge/protocol.py: what comes is no HTTP",
    ("web_protocol", "RequestHandler", "_buffer_paused"): "web/edge/protocol.py: pieces of a head",
    (
        "web_protocol",
        "RequestHandler",
        "_request_count",
    ): "web/edge/protocol.py: how many heads a chunk ended",
    (
        "web_protocol",
        "RequestHandler",
        "_messages",
    ): "web/edge/protocol.py and bounded.py: requests that wait",
    ("web_protocol", "RequestHandler", "_message_tail"): "web/edge/protocol.py: handing a stream over",
    ("web_protocol", "RequestHandler", "_next_keepalive_close_time"): "web/edge/protocol.py: idle since when",
    ("web_protocol", "RequestHandler", "_keepalive_timeout"): "web/edge/protocol.py: how long to stay idle",
    ("web_protocol", "RequestHandler", "_process_keepalive"): "ServerProtocol: closing what is idle",
    ("web_protocol", "RequestHandler", "connection_made"): "web/edge/bounded.py",
    ("web_protocol", "RequestHandler", "connection_lost"): "web/edge/bounded.py, protocol.py: a hand-over",
    ("web_protocol", "RequestHandler", "data_received"): "web/edge/protocol.py: answers ahead of the parser",
    ("web_protocol", "RequestHandler", "eof_received"): "web/edge/protocol.py: half-closed connections",
    ("web_protocol", "RequestHandler", "pause_writing"): "web/edge/bounded.py: clients that take nothing",
    ("web_protocol", "RequestHandler", "resume_writing"): "web/edge/bounded.py: clients that take nothing",
    ("web_protocol", "RequestHandler", "start"): "web/edge/bounded.py: the end of a connection",
    ("web_protocol", "RequestHandler", "close"): "web/edge/bounded.py: the end of a connection",
    ("web_protocol", "RequestHandler", "force_close"): "web/edge/bounded.py: the end of a connection",
    ("web_protocol", "RequestHandler", "handle_error"): "web/edge/protocol.py: errors in our words",
    ("web_protocol", "RequestHandler", "finish_response"): "web/edge/protocol.py: hand-overs, refused Expect",
    ("web_protocol", "", "_ErrInfo"): "web/edge/malformed.py: requests in another version of HTTP",
    ("streams", "", "EMPTY_PAYLOAD"): "web/edge/protocol.py: requests without a body",
    ("http_exceptions", "", "HttpProcessingError"): "web/edge/malformed.py, core/http/_status_line.py",
    ("http_exceptions", "", "LineTooLong"): "web/edge/malformed.py",
    ("web_server", "Server", "_loop"): "Runner",
    ("web_server", "Server", "_kwargs"): "Runner: the options of a protocol",
    ("web_runner", "AppRunner", "_make_server"): "Runner: a server with our protocol",
    ("connector", "TCPConnector", "_loop"): "Connector",
    ("connector", "TCPConnector", "_factory"): "Connector: connections with our protocol",
    ("connector", "Connection", "protocol"): "core/http/_status_line.py",
    ("client_proto", "ResponseHandler", "set_response_params"): "core/http/_status_line.py: a request begins",
    ("client_proto", "ResponseHandler", "feed_data"): "core/http/_status_line.py: a head has been read",
    ("client_proto", "ResponseHandler", "data_received"): "core/http/_status_line.py",
    ("client_proto", "ResponseHandler", "force_close"): "core/http/_status_line.py",
    ("client_reqrep", "ClientResponse", "start"): "core/http/_status_line.py",
    ("http_parser", "RawResponseMessage", "code"): "core/http/_status_line.py",
}


@pytest.mark.parametrize(("module", "owner", "member"), PARTS)
def test_aiohttp_still_has_what_is_used(module: str, owner: str, member: str) -> None:
    whole: Any = importlib.import_module(f"aiohttp.{module}")
    there = hasattr(whole, member) if not owner else _has(getattr(whole, owner, None), member)
    assert there, (
        f"aiohttp {version('aiohttp')} has no {owner or module}.{member} any more.\n"
        f"It is needed by {PARTS[module, owner, member]}.\n"
        f"Read aiohttp/{module}.py for what took its place and name that in core/http/aiohttp_internals.py"
        " and here, then run tests/web and tests/core/http; or stay with the version before."
    )


def _has(owner: type | None, member: str) -> bool:
    if owner is None or hasattr(owner, member):
        return owner is not None
    return "__slots__" not in vars(owner) and member in _set_on_instances(owner)


def _set_on_instances(owner: type) -> set[str]:
    found: set[str] = set()
    for base in owner.__mro__:
        code = getattr(vars(base).get("__init__"), "__code__", None)
        found |= set(() if code is None else code.co_names)
    return found


def test_the_table_above_is_whole() -> None:
    tree = ast.parse(ADAPTER.read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "_slot"
        and isinstance(node.args[0], ast.Constant)
    }
    used |= {name for module, name in _imports(tree) if module.startswith("aiohttp.")}
    private = {name for name in used if name.startswith("_") and not name.startswith("__")}
    assert private - {"_connect"} <= {member for _, _, member in PARTS}


def test_no_other_file_imports_the_inside_of_aiohttp() -> None:
    for folder in ("bot", "core", "state", "web", "sandbox"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            modules = {
                name for name, _ in _imports(ast.parse(path.read_text())) if name.startswith("aiohttp")
            }
            assert path == ADAPTER or modules <= DOCUMENTED, f"{path} imports {modules - DOCUMENTED}"


@pytest.mark.parametrize(
    "name",
    [
        "core.http._status_line:StatusProtocol",
        "core.http._status_line:Response",
        "web.edge.bounded:BoundedConnection",
        "web.edge.handover:HandOver",
        "web.edge.protocol:Connection",
    ],
)
def test_no_class_of_ours_touches_a_private_member_that_it_inherits(name: str) -> None:
    module, _, name = name.partition(":")
    ours: type = getattr(importlib.import_module(module), name)
    theirs = {
        member
        for base in ours.__mro__
        if base.__module__.startswith("aiohttp.")
        for member in (*vars(base), *_set_on_instances(base))
        if member.startswith("_") and not member.startswith("__")
    }
    used = {
        member
        for function in vars(ours).values()
        if (code := getattr(function, "__code__", None)) is not None
        for member in code.co_names
    }
    assert theirs
    assert not used & theirs - set(vars(ours)), "give it a name in core/http/aiohttp_internals.py"


def test_a_name_for_a_slot_costs_no_more_than_the_slot() -> None:
    adapter = importlib.import_module("core.http.aiohttp_internals")
    named = [vars(adapter.ServerProtocol)[name] for name in ("idle_waiter", "is_paused", "request_count")]
    assert all(isinstance(each, MemberDescriptorType) for each in named)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
