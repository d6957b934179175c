"""The programs that the webhooks benchmark measures start and take its events."""

import pytest

from bench import _webhook_http


@pytest.mark.parametrize("name", _webhook_http._PROGRAMS)
def test_a_round_is_measured(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_webhook_http, "WARM_UP", 64)
    monkeypatch.setattr(_webhook_http, "EVENTS", 256)
    assert min(_webhook_http._one_round(_webhook_http._PROGRAMS[name])) > 0
