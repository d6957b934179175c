"""The registry of event types: each once, with a record that takes its sample, and its schema."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.events import (
    IN_EVENTS,
    OUT_EVENTS,
    InSpec,
    OutEvent,
    OutSpec,
    UcfChanged,
    UnknownEventType,
    WrongData,
    data_schema,
    encode_payload,
    find_incoming,
    find_outgoing,
    parse_data,
    type_of,
)
from tests.manual_clock import DEFAULT_START


def test_the_types_are_those_of_the_contract() -> None:
    assert set(IN_EVENTS) == {
        "ucf.update", "agent.heartbeat", "ritual.start", "directive.run", "message.post", "alert.raise",
        "alert.clear", "context.archive", "github", "receipt",
    }  # fmt: skip
    assert set(OUT_EVENTS) == {
        "status.changed", "ucf.changed", "alert.raised", "alert.cleared", "agent.changed", "ritual.completed",
        "directive.finished", "command.failed", "backup.completed", "report.ready", "delivery.exhausted",
        "system.started", "system.stopping",
    }  # fmt: skip


def test_every_record_that_leaves_is_registered() -> None:
    leaving = {kind for kind in OutEvent.__subclasses__() if kind.leaves}
    assert {spec.record for spec in OUT_EVENTS.values()} >= {
        kind for kind in leaving if str(kind.__struct_config__.tag) in OUT_EVENTS
    }
    assert {str(kind.__struct_config__.tag) for kind in leaving} == set(OUT_EVENTS)


@pytest.mark.parametrize("spec", IN_EVENTS.values(), ids=lambda spec: spec.name)
def test_a_sample_that_comes_in_fits_its_record(spec: InSpec) -> None:
    parse_data(spec, dict(spec.sample))
    assert spec.handler
    assert spec.summary


@pytest.mark.parametrize("spec", OUT_EVENTS.values(), ids=lambda spec: spec.name)
def test_a_sample_that_goes_out_fits_its_record(spec: OutSpec) -> None:
    event = msgspec.convert({**spec.sample, "type": spec.name}, spec.record)
    assert type_of(event) == spec.name
    payload = msgspec.json.decode(encode_payload(event, DEFAULT_START))
    assert set(payload) == {"type", "timestamp", "data"}
    assert "type" not in payload["data"]
    assert set(spec.sample) == set(payload["data"])


@pytest.mark.parametrize("spec", [*IN_EVENTS.values(), *OUT_EVENTS.values()], ids=lambda spec: spec.name)
def test_a_schema_stands_alone_and_names_every_field_of_the_sample(spec: InSpec | OutSpec) -> None:
    schema = data_schema(spec.record)
    assert schema["type"] == "object"
    assert set(spec.sample) <= set(schema["properties"])
    assert "type" not in schema["required"] if isinstance(spec, OutSpec) else True
    text = msgspec.json.encode(schema).decode()
    assert "Attributes:" not in text
    for reference in ("#/$defs/",):
        for part in text.split(reference)[1:]:
            assert part.split('"')[0] in schema["$defs"]


def test_a_schema_says_what_each_property_is_for() -> None:
    schema = data_schema(IN_EVENTS["ucf.update"].record)
    assert schema["description"] == "Sets or shifts values of the field; all of them or none."
    assert schema["properties"]["set"]["description"] == "New values by metric, within its range."
    assert "description" not in schema["properties"]["reason"]


def test_unknown_types_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownEventType, match=r"ucf\.update"):
        find_incoming("ucf.updat")
    with pytest.raises(UnknownEventType, match=r"ucf\.changed"):
        find_outgoing("ucf.chnged")
    assert find_outgoing("ucf.changed").record is UcfChanged


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("ucf.update", {"set": {"x": 1}}, "set.x"),
        ("ucf.update", {"shift": {"harmony": float("inf")}}, "shift.harmony"),
        ("agent.heartbeat", {"agent": 5, "status": "active"}, "agent"),
        ("ucf.update", {}, ""),
    ],
)
def test_data_that_does_not_fit_names_the_field(kind: str, data: object, field: str) -> None:
    with pytest.raises(WrongData) as caught:
        parse_data(IN_EVENTS[kind], data)
    assert caught.value.field == field


@given(
    st.sampled_from(list(IN_EVENTS.values())),
    st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text() | st.floats(), max_size=4),
)
def test_any_object_fits_or_is_refused(spec: InSpec, data: dict[str, object]) -> None:
    refusal = None
    try:
        parse_data(spec, data)
    except WrongData as error:
        refusal = error
    assert refusal is None or str(refusal)
