"""The store: the contract of both engines. Only this room knows an engine."""

from core.store.contract import Many, MigrationResult, Participant, Recovery, Store, StoreStats
from core.store.feed import EVERYTHING, Feed, FeedEntry
from core.store.leases import LEADER, Lease, Leases, current_lease
from core.store.members import Member, Members, Reply
from core.store.tx import Row, Rows, Sql, Tx, Value

__all__ = [
    "EVERYTHING",
    "LEADER",
    "Feed",
    "FeedEntry",
    "Lease",
    "Leases",
    "Many",
    "Member",
    "Members",
    "MigrationResult",
    "Participant",
    "Recovery",
    "Reply",
    "Row",
    "Rows",
    "Sql",
    "Store",
    "StoreStats",
    "Tx",
    "Value",
    "current_lease",
]
