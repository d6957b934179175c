"""The policy's decisions in the journal."""

from __future__ import annotations

from collections import Counter

import msgspec

from core.store.tx import Tx
from state.directives.policy import APPROVED, KIND


def count(tx: Tx) -> Counter[str]:
    """Number of decisions: of approvals, and of refusals by principle."""
    counts: Counter[str] = Counter()
    query = "SELECT before, after, count(*) FROM journal WHERE kind = ? GROUP BY before, after"
    for principle, outcome, number in tx.execute(query, (KIND,)):
        approved = msgspec.json.decode(outcome) == APPROVED
        counts[APPROVED if approved else msgspec.json.decode(principle)] += number
    return counts
