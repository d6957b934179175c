"""Log lines are counted by who wrote them and how grave they are."""

import logging
import threading
from collections.abc import Iterator

import pytest

from core.metrics import Counter, Registry
from core.metrics.log_counter import LogCounter


@pytest.fixture
def counted() -> Iterator[Counter]:
    registry = Registry()
    handler = LogCounter(registry)
    logging.getLogger().addHandler(handler)
    counter = registry.get("logging_total")
    assert isinstance(counter, Counter)
    yield counter
    logging.getLogger().removeHandler(handler)


def test_lines_are_counted_by_package_and_level(counted: Counter) -> None:
    logging.getLogger("core.webhooks.deliverer").warning("delivery.failed")
    logging.getLogger("core.runtime.supervisor").warning("loop.stuck")
    logging.getLogger("discord.gateway").error("gone")
    assert counted.value("core", "WARNING") == 2
    assert counted.value("discord", "ERROR") == 1


def test_made_up_loggers_and_levels_are_no_labels(counted: Counter) -> None:
    logging.getLogger("somebody.elses").log(35, "odd")
    assert counted.value("other", "other") == 1
    assert {labels for labels, count in counted.items() if count} == {("other", "other")}


def test_what_was_never_logged_is_left_out(counted: Counter) -> None:
    assert counted.collect().samples == ()


def test_lines_from_many_threads_are_all_counted(counted: Counter) -> None:
    def write() -> None:
        for _ in range(500):
            logging.getLogger("state.manager").warning("edited")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.value("state", "WARNING") == 2_000
