"""What makes a picture of the colours: the bloom of what shines, the dark of the corners, grain, PNG.

prana    how far what shines spreads its light
drishti  focus: below 1 the picture is a little soft
klesha   grain
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

from bot.pictures._palette import Floats
from bot.pictures.field_request import FieldRequest

# Level 1 of zlib: half a second faster than level 6, a tenth larger.
_COMPRESSION = 1


def finish(field: FieldRequest, colours: Floats) -> bytes:
    """The PNG of these colours."""
    size = field.size
    base = _image(colours)
    softness = (1.0 - field.drishti) * 1.6 * size / 1024
    if softness > 0.2:
        base = base.filter(ImageFilter.GaussianBlur(softness))
    small = base.resize((max(1, size // 4),) * 2, Image.Resampling.BOX)
    shining = small.point(_threshold(0.45))
    wide = shining.filter(ImageFilter.GaussianBlur(size / 64)).resize(base.size, Image.Resampling.BILINEAR)
    result = np.asarray(base, dtype=np.float32)
    result = result + np.float32(0.25 + 0.55 * field.prana) * np.asarray(wide, dtype=np.float32)
    line = np.linspace(-1, 1, size, dtype=np.float32) ** 2
    corners = np.maximum(line[:, None] + line[None, :] - 0.5, 0)
    result *= (1.0 - 0.28 * corners)[..., None]
    if field.klesha > 0.02:
        grain = np.random.default_rng(108).standard_normal((size, size, 1), dtype=np.float32)
        result += np.float32(9 * field.klesha) * grain
    out = BytesIO()
    Image.fromarray(np.clip(result, 0, 255).astype(np.uint8), "RGB").save(
        out, "PNG", compress_level=_COMPRESSION
    )
    return out.getvalue()


def _image(colours: Floats) -> Image.Image:
    return Image.fromarray((np.clip(colours, 0, 1) * 255).astype(np.uint8), "RGB")


def _threshold(share: float) -> list[int]:
    one = [round(max(0.0, (value / 255 - share) / (1 - share)) * 200) for value in range(256)]
    return one * 3
