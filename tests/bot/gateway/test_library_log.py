import logging

import pytest

from bot.gateway.library_log import quieten


def test_a_try_to_reconnect_is_one_line_with_the_kind_of_error(caplog: pytest.LogCaptureFixture) -> None:
    quieten()
    quieten()
    logger = logging.getLogger("discord.client")
    with caplog.at_level(logging.INFO, "discord.client"):
        logger.error("Attempting a reconnect in %.2fs", 1.5, exc_info=ConnectionRefusedError("nobody there"))
    (record,) = caplog.records
    assert record.getMessage() == "Attempting a reconnect in 1.50s (ConnectionRefusedError)"
    assert record.exc_info is None
    assert record.levelname == "WARNING"


def test_other_errors_keep_their_traceback(caplog: pytest.LogCaptureFixture) -> None:
    quieten()
    logger = logging.getLogger("discord.client")
    logger.error("Ignoring exception in %s", "on_message", exc_info=ValueError("a defect"))
    assert caplog.records[0].exc_info is not None
