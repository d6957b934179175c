from state.models import METRICS
from tests.web.helpers import Site


async def test_each_metric_has_value_bounds_bands_and_judgement(site: Site) -> None:
    await site.change(klesha=0.8, harmony=0.5)
    ucf = (await site.get("/ucf")).json()["ucf"]
    assert set(ucf) == set(METRICS)
    assert (ucf["klesha"]["value"], ucf["klesha"]["judgement"]) == (0.8, "critical")
    assert ucf["harmony"]["judgement"] == "fair"
    assert (ucf["harmony"]["low"], ucf["harmony"]["high"]) == (0, 2)
    assert ucf["klesha"]["good"] == {"low": 0, "high": 0.3}
    assert ucf["klesha"]["critical"] == {"below": None, "above": 0.7}
