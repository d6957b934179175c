"""What people write into the files: taken when it is right, refused with the place when it is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.reading import FileContent, RefusedEdit
from state.models import DEFAULT_UCF, METRICS, UCF, AgentReport, Snapshot
from state.projection.agents_document import AgentsDocument, AgentsEdit
from state.projection.documents import UCFDocument

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
GOOD = (
    UCFDocument()
    .render(Snapshot(version=1, changed_at=NOW, source="default", ucf=DEFAULT_UCF, reports={}))
    .decode()
)


def snapshot(ucf: UCF = DEFAULT_UCF, **reports: AgentReport) -> Snapshot:
    return Snapshot(version=1, changed_at=NOW, source="default", ucf=ucf, reports=reports)


def content(text: str | bytes, *, age_s: float = 60) -> FileContent:
    data = text.encode() if isinstance(text, str) else text
    return FileContent(data, NOW - timedelta(seconds=age_s))


def ucf_refusal(text: str | bytes) -> RefusedEdit:
    with pytest.raises(RefusedEdit) as caught:
        UCFDocument().parse(content(text), NOW)
    return caught.value


def agents(text: str | bytes, *, age_s: float = 60) -> AgentsEdit:
    return AgentsDocument().parse(content(text, age_s=age_s), NOW)


def agents_refusal(text: str) -> RefusedEdit:
    with pytest.raises(RefusedEdit) as caught:
        agents(text)
    return caught.value


def test_the_rendered_file_is_read_back_as_it_was() -> None:
    assert UCFDocument().parse(content(GOOD), NOW).ucf == DEFAULT_UCF
    assert json.loads(GOOD) == DEFAULT_UCF.as_dict()
    assert GOOD.endswith("}\n")


@given(st.builds(UCF, **{n: st.floats(m.low, m.high, allow_nan=False) for n, m in METRICS.items()}))
def test_every_ucf_survives_its_file(ucf: UCF) -> None:
    rendered = UCFDocument().render(snapshot(ucf))
    assert UCFDocument().parse(content(rendered), NOW).ucf == ucf


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("", 1, 1, "not JSON"),
        ("{", 1, 2, "not JSON"),
        (GOOD.replace(",", "", 1), 3, 3, "not JSON"),
        (GOOD + "x", 8 + 1, 1, "not JSON: extra data"),
        (GOOD + GOOD, 9, 1, "not JSON: extra data"),
        ("[1]", 1, 1, "one JSON object"),
        ("5", 1, 1, "one JSON object"),
        ("\ufeff" + GOOD, 1, 1, "byte order mark"),
        (b'{\n"harmony": "\xff"}', 2, None, "not UTF-8"),
        (GOOD.replace("0.1", "NaN"), 6, 13, "NaN is not a number"),
        (GOOD.replace("0.1", "-Infinity"), 6, 13, "-Infinity is not a number"),
        (GOOD.replace("0.1", "1e999"), 6, 3, "klesha must be a number between 0 and 1, not inf"),
        (GOOD.replace("0.1", "1" * 5000), 1, 1, "a number is too long"),
        ("[" * 60_000, 1, 1, "nested too deep"),
        (GOOD.replace("0.1", '"low"'), 6, 3, "klesha must be a number between 0 and 1, not the text 'low'"),
        (GOOD.replace("0.1", "true"), 6, 3, "not true"),
        (GOOD.replace("0.1", "null"), 6, 3, "not null"),
        (GOOD.replace("0.1", "1.01"), 6, 3, "not 1.01"),
        (
            GOOD.replace("klesha", "klesa"),
            6,
            3,
            "unknown field 'klesa': did you mean klesha?; klesha is missing",
        ),
        (GOOD.replace('  "klesha": 0.1,\n', ""), 1, 1, "klesha is missing"),
        (GOOD.replace("}", ',\n  "harmony": 0.6\n}'), 9, 3, "'harmony' is given twice"),
        ('{"\\u0068armony": 1, "harmony": 1}', 1, 1, "given twice"),
        (GOOD.replace("klesha", "\\ud83d\\ud83d\\ude00"), 6, 4, "\\ud83d is half of a character"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    text: str | bytes, line: int, column: int | None, reason: str
) -> None:
    refusal = ucf_refusal(text)
    assert reason in refusal.reason
    assert (refusal.line, refusal.column) == (line, column)


@given(st.text() | st.binary() | st.from_regex(r'\{("harmony": [0-9]\.[0-9],?\s*)+\}', fullmatch=True))
def test_nothing_but_a_refusal_ever_comes_out_of_a_file(text: str | bytes) -> None:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    for document in (UCFDocument(), AgentsDocument()):
        try:
            document.parse(content(data), NOW)
        except RefusedEdit as refusal:
            str(refusal).encode()


def test_a_change_names_each_number_that_differs() -> None:
    edit = UCFDocument().parse(content(GOOD.replace("0.1", "0.4")), NOW)
    assert not edit.matches(snapshot())
    change = edit.change(snapshot())
    assert [(row.subject, row.before, row.after, row.cause) for row in change.journal] == [
        ("klesha", 0.1, 0.4, "file")
    ]
    assert change.source == "file"


def test_agents_are_read_with_all_they_say() -> None:
    said = {"status": "degraded", "task": "scouting", "load": 1, "reported_at": "2026-01-01T12:00:00+02:00"}
    report = agents(json.dumps({"Gemini": said})).reports["Gemini"]
    assert report == AgentReport(
        agent="Gemini", status="degraded", task="scouting", load=1.0, reported_at=NOW - timedelta(hours=2)
    )


def test_agents_survive_their_file() -> None:
    report = AgentReport(agent="Gemini", status="down", reported_at=NOW, task="ü", load=0.25)
    state = snapshot(Gemini=report)
    edit = agents(AgentsDocument().render(state))
    assert edit.matches(state)
    assert edit.reports == {"Gemini": report}


def test_names_are_taken_in_any_case_and_kept_in_ours() -> None:
    assert list(agents('{"sanghacore": {"status": "active"}}').reports) == ["SanghaCore"]


def test_a_report_without_a_time_is_as_old_as_the_file() -> None:
    assert agents('{"Gemini": {"status": "active"}}', age_s=90).reports[
        "Gemini"
    ].reported_at == NOW - timedelta(seconds=90)


def test_a_file_from_the_future_is_from_now() -> None:
    assert agents('{"Gemini": {"status": "active"}}', age_s=-900).reports["Gemini"].reported_at == NOW


def test_a_report_without_a_time_matches_until_the_file_is_written_again() -> None:
    text = '{"Gemini": {"status": "active"}}'
    first = agents(text, age_s=300)
    state = snapshot(Gemini=first.reports["Gemini"])
    assert first.matches(state)
    assert not first.refreshes(state)
    assert not first.change(state).journal
    assert first.change(state).reports is None
    touched = agents(text, age_s=5)
    assert touched.matches(state)
    assert touched.refreshes(state)
    assert touched.change(state).reports == touched.reports


def test_an_agent_that_is_left_out_is_external_no_more() -> None:
    state = snapshot(Gemini=AgentReport(agent="Gemini", status="active", reported_at=NOW))
    edit = agents("{}")
    assert not edit.matches(state)
    assert edit.change(state).reports == {}


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ('{\n  "Gemni": {"status": "active"}}', 2, 3, "unknown agent 'Gemni': did you mean Gemini?"),
        ('{"Zaphod": {"status": "active"}}', 1, 2, "known are Kael"),
        ('{"Gemini": 5}', 1, 2, "Gemini must be an object"),
        ('{"Gemini": {}}', 1, 2, "status of Gemini must be one of active, degraded, down"),
        ('{"Gemini": {"status": "stale"}}', 1, 13, "status of Gemini"),
        ('{"Gemini": {"status": ["active"]}}', 1, 13, "status of Gemini"),
        (
            '{"Gemini": {"status": "active",\n "load": 1.5}}',
            2,
            2,
            "load of Gemini must be a number between 0 and 1",
        ),
        ('{"Gemini": {"status": "active", "load": true}}', 1, 33, "load of Gemini"),
        ('{"Gemini": {"status": "active", "task": 5}}', 1, 33, "task of Gemini"),
        ('{"Gemini": {"status": "active", "task": "\\ud800"}}', 1, 42, "\\ud800 is half of a character"),
        ('{"Gemini": {"status": "active", "\\uDC00": ""}}', 1, 34, "\\uDC00 is half of a character"),
        ('{"Gemini": {"status": "active", "tusk": "x"}}', 1, 33, "unknown field 'tusk': did you mean task?"),
        ('{"Gemini": {"status": "active", "zzzz": "x"}}', 1, 33, "known are status"),
        ('{"Gemini": {"status": "active", "reported_at": "2026-01-01T12:00:00"}}', 1, 33, "with a time zone"),
        ('{"Gemini": {"status": "active", "reported_at": 5}}', 1, 33, "reported_at of Gemini"),
        (
            '{"Gemini": {"status": "active", "reported_at": "2026-01-01T12:06:00Z"}}',
            1,
            33,
            "a past time",
        ),
        (
            '{"Gemini": {"status": "active", "reported_at": "0001-01-01T00:00:00+23:59"}}',
            1,
            33,
            "reported_at",
        ),
        ('{"Gemini": {"status": "active"}, "gemini": {"status": "down"}}', 1, 34, "Gemini is given twice"),
        ('{"Kael": {"status": "active"},\n"Gemini": {"status": "x"}}', 2, 12, "status of Gemini"),
    ],
)
def test_a_bad_report_is_refused_with_its_place(text: str, line: int, column: int, reason: str) -> None:
    refusal = agents_refusal(text)
    assert reason in refusal.reason
    assert (refusal.line, refusal.column) == (line, column)
    assert str(refusal).startswith(f"line {line}, column {column}: ")
