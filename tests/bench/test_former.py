import pytest

from bench import former


@pytest.mark.timeout(180)
async def test_both_designs_are_measured_by_the_same_requests() -> None:
    costs = {kind: await former.measure(kind, requests=64, load_s=1) for kind in former.KINDS[:2]}
    for cost in costs.values():
        assert cost.cpu_us > 0
        assert cost.memory_mib > 10
        assert 0 < cost.listening_s < cost.ready_s
    # Two files for each of about a hundred answers, against whatever runs beside them.
    assert costs["former"].files_per_min > 2 * 50 * 60 > costs["Helix"].files_per_min


def test_every_figure_is_printed_with_its_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def measure(kind: str, *, requests: int, load_s: float) -> former.Cost:
        assert (requests, load_s) == (former.REQUESTS, former.LOAD_S / former.ROUNDS)
        factor = 1.0 if kind == "Helix" else 3.0
        return former.Cost(*(factor * value for value in (0.1, 0.2, 50.0, 10.0, 0.0, 0.001)))

    monkeypatch.setattr(former, "measure", measure)
    former.main()
    rows = capsys.readouterr().out.splitlines()[1:]
    assert len(rows) == 6
    assert [row.split()[-2:] for row in rows if not row.startswith("files")] == [["3.0,", "3.0"]] * 5
    assert rows[1].endswith("–, –")
