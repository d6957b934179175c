"""Gathers the circumstances of a judgement, and counts decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from core.clock import Clock
from core.health import Reading
from core.health.threshold import passes_with
from core.store import Store
from state.change import Actor
from state.directives import decision_table
from state.directives.policy import APPROVED, PRINCIPLES, Circumstances, Decision, Rank, judge
from state.kinds import POLICY as POLICY_CHANGED
from state.manager import StateManager


class PolicyDesk:
    """Judges directives and requests from outside.

    Args:
        known: the rank that each registered action needs.
        last_good_backup: returns the time of the newest backup that passed its check.
    """

    def __init__(
        self,
        database: Store,
        manager: StateManager,
        clock: Clock,
        *,
        known: Mapping[str, Rank],
        last_good_backup: Callable[[], datetime | None],
    ) -> None:
        self._database = database
        self._manager = manager
        self._clock = clock
        self._known = known
        self._last_good_backup = last_good_backup
        self._counts: Counter[str] = Counter()

    async def load(self) -> None:
        """Counts the decisions in the journal."""
        self._counts = await self._database.read(decision_table.count)

    def seen(self, *, queued: int = 0, open_of_asker: int = 0, asked_within_hour: int = 0) -> Circumstances:
        """The present circumstances."""
        return Circumstances(
            now=self._clock.now(),
            ucf=self._manager.snapshot.ucf,
            known=self._known,
            queued=queued,
            open_of_asker=open_of_asker,
            asked_within_hour=asked_within_hour,
            last_good_backup=self._last_good_backup(),
        )

    async def decide(
        self, action: str, arguments: Mapping[str, object], *, actor: Actor, rank: Rank
    ) -> Decision:
        """Judges an action that is not a directive, and journals the decision."""
        decision = judge(action, arguments, rank, actor, self.seen())
        await self._manager.record(decision.row(actor), kinds=POLICY_CHANGED)
        self.count(decision)
        return decision

    def count(self, decision: Decision) -> None:
        """Counts a decision that was journalled."""
        self._counts[APPROVED if decision.approved else decision.principle] += 1

    def probe(self) -> Reading:
        """The reading of the check "policy", also used for Kael; refusals do not warn."""
        refused = {f"refused_by_{principle}": self._counts[principle] for principle in PRINCIPLES}
        counters = {"approved": self._counts[APPROVED], "refused": sum(refused.values())}
        return Reading(
            counters={**counters, **{name: count for name, count in refused.items() if count}},
            observed_value=sum(counters.values()),
            observed_unit="decisions",
            thresholds=(passes_with("decisions"),),
        )
