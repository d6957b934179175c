"""The events that Helix receives and sends: their types, records and schemas."""

from state.events.incoming import InEvent
from state.events.outgoing import (
    AgentChanged,
    AlertCleared,
    AlertRaised,
    AlertsMuted,
    AlertUpdated,
    BackupCompleted,
    CheckStatus,
    CommandFailed,
    DeliveryExhausted,
    DirectiveFinished,
    OutEvent,
    ReportReady,
    RitualCompleted,
    Severity,
    StatusChanged,
    SystemStarted,
    SystemStopping,
    UcfChanged,
)
from state.events.registry import (
    IN_EVENTS,
    OUT_EVENTS,
    InSpec,
    OutSpec,
    UnknownEventType,
    WrongData,
    data_schema,
    encode_payload,
    find_incoming,
    find_outgoing,
    parse_data,
    type_of,
)

__all__ = [
    "IN_EVENTS", "OUT_EVENTS", "AgentChanged", "AlertCleared", "AlertRaised", "AlertUpdated", "AlertsMuted",
    "BackupCompleted", "CheckStatus", "CommandFailed", "DeliveryExhausted", "DirectiveFinished", "InEvent",
    "InSpec", "OutEvent", "OutSpec", "ReportReady", "RitualCompleted", "Severity", "StatusChanged",
    "SystemStarted", "SystemStopping", "UcfChanged", "UnknownEventType", "WrongData", "data_schema",
    "encode_payload", "find_incoming", "find_outgoing", "parse_data", "type_of",
]  # fmt: skip
