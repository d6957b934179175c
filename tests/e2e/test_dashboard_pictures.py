"""The pictures in the README can be taken, and are small enough to be there."""

from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.dashboard_pictures import FOLDER, MOST_BYTES, take_pictures

# Four pages at once, on a machine that may have much else to do.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_every_picture_of_the_readme_can_be_taken(tmp_path: Path) -> None:
    readme = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    for taken in await take_pictures(tmp_path):
        kept = FOLDER / taken.name
        assert f"docs/images/{taken.name}" in readme
        with Image.open(taken) as now, Image.open(kept) as then:
            assert now.width == then.width
            # Not one colour, as of a page that never came.
            assert len(now.convert("RGB").resize((64, 64)).getcolors(64 * 64) or ()) > 20
        assert taken.stat().st_size < MOST_BYTES
        assert kept.stat().st_size < MOST_BYTES
