"""Whatever the order of events, nothing past its TTL and nothing past a dropped tag is served."""

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from core.cache import Cache
from tests.manual_clock import ManualClock

TTL_S = 10
KEYS = ("a", "b")
# What each key's computation reads; one change of a source moves its version and drops its tag.
SOURCES = {"a": ("state",), "b": ("state", "health")}

Step = tuple[str, str, int]


# The steps on which the rules turn come more than once, so that few scripts pass without touching any.
STEPS: tuple[Step, ...] = (
    *(("ask", key, 0) for key in KEYS * 2),
    *(("build", key, 0) for key in KEYS),
    *(("get", key, 0) for key in KEYS * 2),
    *(("change", source, 0) for source in ("state", "health")),
    *(("finish", "", index) for index in (0, 1, 2)),
    *(("wait", "", seconds) for seconds in (1, 9, 11)),
    ("fail", "", 0),
    ("cancel", "", 0),
    ("clear", "", 0),
)


@dataclass(frozen=True)
class Answer:
    versions: tuple[int, ...]
    read_at: float


class World:
    """Sources with versions, a cache over them, and computations that end when a step says so."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.version = {"state": 0, "health": 0}
        self.cache: Cache[str, Answer] = Cache(
            "world", owner="tests", max_entries=1, ttl_s=TTL_S, clock=self.clock
        )
        self.gates: list[asyncio.Future[None]] = []
        self.callers: list[asyncio.Task[None]] = []

    def read(self, key: str) -> Answer:
        return Answer(tuple(self.version[source] for source in SOURCES[key]), self.clock.monotonic())

    def check(self, key: str, answer: Answer, asked_versions: tuple[int, ...], asked_at: float) -> None:
        """An answer has its sources as they were when asked for, or newer, and was read within the TTL."""
        assert all(had >= asked for had, asked in zip(answer.versions, asked_versions, strict=True)), key
        assert asked_at - answer.read_at < TTL_S, key

    async def ask(self, key: str) -> None:
        asked = self.read(key)

        async def compute() -> Answer:
            answer = self.read(key)
            gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.gates.append(gate)
            await gate
            return answer

        try:
            found = await self.cache.fetch(key, compute, SOURCES[key])
        except OSError:
            return
        self.check(key, found.value, asked.versions, asked.read_at)

    def get(self, key: str) -> None:
        held, now = self.cache.get(key), self.read(key)
        if held is not None:
            self.check(key, held.value, now.versions, now.read_at)

    def build(self, key: str) -> None:
        found, now = self.cache.get_or_build(key, lambda: self.read(key), SOURCES[key]), self.read(key)
        self.check(key, found.value, now.versions, now.read_at)

    def change(self, source: str) -> None:
        self.version[source] += 1
        self.cache.drop_tags((source,))

    def open_gate(self, index: int, error: Exception | None) -> None:
        closed = [gate for gate in self.gates if not gate.done()]
        if not closed:
            return
        gate = closed[index % len(closed)]
        if error is None:
            gate.set_result(None)
        else:
            gate.set_exception(error)

    def do(self, kind: str, text: str, number: int) -> None:
        match kind:
            case "ask":
                self.callers.append(asyncio.create_task(self.ask(text)))
            case "build":
                self.build(text)
            case "get":
                self.get(text)
            case "change":
                self.change(text)
            case "finish":
                self.open_gate(number, None)
            case "fail":
                self.open_gate(number, OSError())
            case "cancel" if self.callers:
                self.callers[number % len(self.callers)].cancel()
            case "wait":
                self.clock.advance(number)
            case "clear":
                self.cache.clear()

    async def run(self, script: list[Step]) -> None:
        for kind, text, number in script:
            self.do(kind, text, number)
            for _ in range(6):
                await asyncio.sleep(0)
            assert self.cache.stats().size <= 1
        while any(not caller.done() for caller in self.callers):
            for gate in self.gates:
                if not gate.done():
                    gate.set_result(None)
            await asyncio.sleep(0)
        for caller in self.callers:
            assert caller.cancelled() or caller.exception() is None


@settings(max_examples=300)
@given(script=st.lists(st.sampled_from(STEPS), min_size=15, max_size=60))
def test_no_interleaving_serves_what_is_too_old_or_dropped(script: list[Step]) -> None:
    asyncio.run(World().run(script))
