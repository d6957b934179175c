"""The store: the contract of both engines. Only this room knows an engine."""

from core.store.contract import Many, MigrationResult, Participant, Recovery, Store, StoreStats
from core.store.tx import Row, Rows, Sql, Tx, Value

__all__ = [
    "Many",
    "MigrationResult",
    "Participant",
    "Recovery",
    "Row",
    "Rows",
    "Sql",
    "Store",
    "StoreStats",
    "Tx",
    "Value",
]
