"""Badges: small flat SVGs with a label and a message."""

from __future__ import annotations

from html import escape
from typing import Final, Literal

Tone = Literal["good", "fair", "critical"]

# White text on each colour has a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
COLOURS: Final[dict[Tone, str]] = {"good": "#18794e", "fair": "#a35200", "critical": "#c62a2f"}
LABEL_COLOUR: Final = "#30363d"

_FONT: Final = "Verdana,'DejaVu Sans',Geneva,sans-serif"
_SIZE: Final = 11
_HEIGHT: Final = 20
_PADDING: Final = 7
_ICON: Final = 13
# Advance widths of printable ASCII characters in DejaVu Sans, in thousandths of the font size (table hmtx).
# Verdana's are almost the same, and `textLength` stretches any other font to them.
_ADVANCES: Final = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775,
    752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390,
    337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
_WIDEST: Final = 1000


def text_width(text: str) -> float:
    """The width of `text` in pixels."""
    advances = (_ADVANCES[ord(letter) - 32] if 32 <= ord(letter) < 127 else _WIDEST for letter in text)
    return round(sum(advances) * _SIZE / 1000, 1)


def draw_badge(label: str, message: str, tone: Tone) -> bytes:
    """The badge as SVG, with its text as `aria-label` and title for screen readers."""
    label_width, message_width = text_width(label), text_width(message)
    middle = round(_PADDING + _ICON + label_width + _PADDING)
    width = round(middle + 2 * _PADDING + message_width)
    said = escape(f"{label}: {message}", quote=True)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" ',
            f'viewBox="0 0 {width} {_HEIGHT}" role="img" aria-label="{said}"><title>{said}</title>',
            # Without ids, because one page may contain several badges.
            f'<path fill="{LABEL_COLOUR}" d="M4 0H{middle}V20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z"/>',
            f'<path fill="{COLOURS[tone]}" ',
            f'd="M{middle} 0H{width - 4}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H{middle}z"/>',
            # A helix: two crossing strands and their rungs.
            '<g fill="none" stroke="#fff" stroke-width="1.3" stroke-linecap="round">',
            '<path d="M8 4.5c0 4 7 7 7 11"/><path d="M15 4.5c0 4-7 7-7 11"/>',
            '<path d="M9 6.4h5M9 13.6h5" stroke-width="1"/></g>',
            f'<g fill="#fff" font-family="{_FONT}" font-size="{_SIZE}">',
            _text(_PADDING + _ICON, label, label_width),
            _text(middle + _PADDING, message, message_width),
            "</g></svg>",
        )
    ).encode()


def _text(at: float, text: str, width: float) -> str:
    return f'<text x="{at}" y="14" textLength="{width}">{escape(text)}</text>'
