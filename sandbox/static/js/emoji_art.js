// Small drawings of the emoji that Helix uses, on a field of 24 by 24: a machine may have no font with emoji, or
// an older one without the coloured dots. All of them are drawn for this page.

const RED = "#d8453e";
const ORANGE = "#e9853b";
const YELLOW = "#f3c440";
const GOLD = "#d9a02b";
const GREEN = "#3fa45b";
const BLUE = "#4685d3";
const SKY = "#9cc8ee";
const NIGHT = "#33466e";
const PURPLE = "#8761c7";
const PINK = "#ef8fab";
const BROWN = "#92603a";
const PAPER = "#f1e3bd";
const GREY = "#8b959f";
const LIGHT = "#dfe5ea";
const DARK = "#3b434b";
const WHITE = "#ffffff";

const shape = (d, fill, outline = "none") =>
  `<path d="${d}" fill="${fill}" stroke="${outline}" stroke-width="1.2" stroke-linejoin="round"/>`;
const stroke = (d, colour, width = 2) =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const oval = (x, y, rx, ry, fill, outline = "none") =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}" stroke="${outline}" stroke-width="1.2"/>`;
const disc = (x, y, r, fill, outline) => oval(x, y, r, r, fill, outline);
const box = (x, y, w, h, fill, r = 1, outline = "none") =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill}" stroke="${outline}" stroke-width="1.2"/>`;
const moved = (transform, art) => `<g transform="${transform}">${art}</g>`;
const mirrored = (art) => moved("matrix(-1 0 0 1 24 0)", art);
const upended = (art) => moved("matrix(1 0 0 -1 0 24)", art);
const all = (...parts) => parts.join("");

const dot = (colour, outline = "none") => disc(12, 12, 10, colour, outline);
const tile = (colour, glyph, width = 2) => box(2, 2, 20, 20, colour, 4) + stroke(glyph, WHITE, width);
const sign = (glyph) => tile(PURPLE, glyph, 1.8);
const face = (...features) => all(dot(YELLOW), ...features);
const openEyes = all(disc(8.5, 10, 1.4, BROWN), disc(15.5, 10, 1.4, BROWN));
const shutEyes = stroke("M6.5 10.5c1-2 3-2 4 0M13.5 10.5c1-2 3-2 4 0", BROWN, 1.6);
const laugh = shape("M6.5 13.5h11c0 3.5-2.5 5.5-5.5 5.5s-5.5-2-5.5-5.5Z", WHITE, BROWN);
const flame = (x, y, size) => moved(
  `translate(${x} ${y}) scale(${size})`,
  all(
    shape("M0-10C1-6 6-4 6 2A6 6 0 0 1-6 2.5C-6 0-4.5-1.5-4-3.5-3-3-2.5-2-2.5-1-.5-3 .5-6 0-10Z", ORANGE),
    shape("M.5-2.5C1 0 3 1 3 4A3 3 0 0 1-3 4C-3 2-1 1.5.5-2.5Z", YELLOW),
  ),
);
const heart = (fill) => shape("M12 21C5 15.5 2 12 2 8.2A5.2 5.2 0 0 1 12 6a5.2 5.2 0 0 1 10 2.2C22 12 19 15.5 12 21Z", fill);
const thumb = all(
  box(2, 11, 4.5, 10, BLUE),
  shape("M7.5 11.5 11.5 3c2.5 0 3.5 2 3 4L14 10h6a2 2 0 0 1 1.8 2.6L19.7 20a2 2 0 0 1-2 1.5H10l-2.5-1Z", YELLOW, GOLD),
);
const lens = all(stroke("M14.5 14.5 21 21", BROWN, 3.5), disc(9.5, 9.5, 7, SKY, DARK), stroke("M6 9a3.5 3.5 0 0 1 3-3.5", WHITE, 1.6));
const bell = all(
  disc(12, 20, 2, BROWN),
  shape("M12 2.5a6.5 6.5 0 0 1 6.5 6.5c0 5 1 7 3 9h-19c2-2 3-4 3-9A6.5 6.5 0 0 1 12 2.5Z", YELLOW, GOLD),
);
const tray = shape("M2.5 14H8l1.5 3h5L16 14h5.5v7h-19Z", GREY);
const sparkle = "M10 3l2.2 6.8L19 12l-6.8 2.2L10 21l-2.2-6.8L1 12l6.8-2.2Z";
const cloud = shape("M7 14a4.2 4.2 0 0 1 .3-8.3A5.5 5.5 0 0 1 17.8 7 3.6 3.6 0 0 1 17.5 14Z", LIGHT, GREY);
const petal = (turn) => moved(`rotate(${turn} 12 19)`, shape("M12 4c3 4 3.5 9.5 0 15-3.5-5.5-3-11 0-15Z", PINK, "#d96a8c"));

/** The inside of each drawing, by its emoji without the selector U+FE0F. */
export const ART = {
  "🔴": dot(RED),
  "🟠": dot(ORANGE),
  "🟡": dot(YELLOW),
  "🟢": dot(GREEN),
  "🔵": dot(BLUE),
  "🟣": dot(PURPLE),
  "⚫": dot(DARK),
  "⚪": dot(LIGHT, GREY),
  "▫": box(8, 8, 8, 8, WHITE, 1, GREY),
  "✅": tile(GREEN, "M6.5 12.5l3.8 3.8L17.5 8", 2.8),
  "❌": stroke("M5 5l14 14M19 5 5 19", RED, 4),
  "➕": stroke("M12 4v16M4 12h16", GREY, 4),
  "⚠": all(stroke("M12 4 21.5 20.5h-19Z", GOLD, 3), shape("M12 4 21.5 20.5h-19Z", YELLOW), stroke("M12 10v4.5M12 17.8v.1", DARK, 2.4)),
  "⛔": all(dot(RED), box(5.5, 10, 13, 4, WHITE)),
  "🚫": all(disc(12, 12, 8.5, "none", RED), stroke("M12 3.5a8.5 8.5 0 1 1-.1 0ZM6 6l12 12", RED, 3)),
  "▶": tile(BLUE, "M9 7v10l8-5Z"),
  "◀": mirrored(tile(BLUE, "M9 7v10l8-5Z")),
  "⬆": tile(BLUE, "M12 18V7M7 11.5l5-5 5 5", 2.6),
  "🔁": tile(BLUE, "M6 11.5V10a2.5 2.5 0 0 1 2.5-2.5h9M15 5l2.5 2.5L15 10M18 12.5V14a2.5 2.5 0 0 1-2.5 2.5h-9M9 14l-2.5 2.5L9 19"),
  "❤": heart(RED),
  "💓": all(heart(PINK), stroke("M6.5 13h3l1.5-3 2 6 1.5-3h3", WHITE, 1.6)),
  "✨": all(shape(sparkle, YELLOW), moved("translate(15 0) scale(.42)", shape(sparkle, YELLOW)), moved("translate(15 14) scale(.38)", shape(sparkle, YELLOW))),
  "🔥": flame(12, 12.5, 1.15),
  "☀": all(disc(12, 12, 5.5, YELLOW), stroke("M12 1.5v2M12 20.5v2M1.5 12h2M20.5 12h2M4.5 4.5l1.5 1.5M18 18l1.5 1.5M4.5 19.5 6 18M18 6l1.5-1.5", ORANGE)),
  "🌕": all(dot(YELLOW), disc(8, 9, 2, GOLD), disc(15, 14.5, 2.5, GOLD), disc(15, 7, 1.2, GOLD), disc(8.5, 16, 1.2, GOLD)),
  "🌙": shape("M15 2.5A10 10 0 1 0 21.5 16 8.5 8.5 0 0 1 15 2.5Z", YELLOW),
  "🌠": all(box(2, 2, 20, 20, NIGHT, 4), stroke("M5 19l7-7M5 14l4-4M10 19l4-4", SKY, 1.4), moved("translate(9.5 2.5) scale(.52)", shape(sparkle, YELLOW))),
  "🌅": all(box(2, 3, 20, 18, ORANGE, 3), shape("M5.5 15a6.5 6.5 0 0 1 13 0Z", YELLOW), box(2, 15, 20, 6, BLUE, 2), stroke("M6 18h12", SKY, 1.4)),
  "🌊": all(shape("M2 21V14C3.5 7 9 3.5 14.5 4.5 19 5.5 21 8.5 20.5 11c-1.5-2-4.5-2-5.5 0-1.2 2.6 1.5 5 7 5v5Z", BLUE), stroke("M5 15c1.2-3.5 3.5-6 7-6.5M2.5 18.5c3 1.5 6 1 8-.5 3 1.5 7 2 11 1", SKY, 1.4)),
  "🌧": all(cloud, stroke("M8 17.5l-1 3M12.5 17.5l-1 3M17 17.5l-1 3", BLUE, 2)),
  "🌬": stroke("M2.5 9H14a3.2 3.2 0 1 0-3.2-3.2M2.5 13h15.5a3.3 3.3 0 1 1-3.3 3.3M2.5 17h7a2.3 2.3 0 1 1-2.3 2.3", BLUE, 2),
  "🌀": stroke("M12.5 12c.8.9-.3 2-1.5 1.5-1.8-.8-1.5-3.5.5-4.3 2.8-1 5.5 1.3 5.2 4.3-.4 3.6-4.2 5.2-7.5 3.9C5.3 15.7 4.6 11 6.8 7.8 9.3 4.2 14.3 3.8 17.8 6.2c1.7 1.2 2.9 2.9 3.4 4.8", BLUE, 2.3),
  "🌐": all(dot(BLUE), stroke("M2.5 12h19M12 2.5c-6 5-6 14 0 19M12 2.5c6 5 6 14 0 19M4.5 6.5c4.5 2.5 10.5 2.5 15 0M4.5 17.5c4.5-2.5 10.5-2.5 15 0", WHITE, 1.2)),
  "♈": sign("M12 19V10c0-3.5-1.5-4.5-3-4.5S6.5 7 7.2 9M12 10c0-3.5 1.5-4.5 3-4.5S17.5 7 16.8 9"),
  "♉": sign("M12 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM7 5.5c1 4 3 5.5 5 5.5s4-1.5 5-5.5"),
  "♊": sign("M7 5.5c3.3 1.3 6.7 1.3 10 0M7 18.5c3.3-1.3 6.7-1.3 10 0M9.5 6.5v11M14.5 6.5v11"),
  "♋": sign("M8 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM16 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM6 9.5C7.5 6 14 5.5 18 8.5M18 14.5C16.5 18 10 18.5 6 15.5"),
  "♌": sign("M8.5 13a2 2 0 1 0 0 4 2 2 0 0 0 0-4C8.5 11 7 10 7 8a3.5 3.5 0 0 1 7 0c0 3-2.5 5.5-2.5 8 0 1.5 1 2.5 2.5 2.5 1 0 1.7-.5 2.2-1.2"),
  "♍": sign("M6 7c1.2 0 1.5 1 1.5 2v7.5M7.5 9c0-1.5 3-2.5 3 0v7.5M10.5 9c0-1.5 3-2.5 3 0v6c0 2 1 3.5 3.5 4M13.5 10.5c3-2 4.5 1 3 3.5s-3 3.5-4 4"),
  "♎": sign("M6 18.5h12M6 15h4c-1.3-1-2-2.3-2-3.8a4 4 0 0 1 8 0c0 1.5-.7 2.8-2 3.8h4"),
  "♏": sign("M6 7c1.2 0 1.5 1 1.5 2v7M7.5 9c0-1.5 3-2.5 3 0v7M10.5 9c0-1.5 3-2.5 3 0v6.5c0 1.5 1 2.5 2.5 2.5h2M16.5 16.3l1.7 1.7-1.7 1.7"),
  "♐": sign("M6.5 17.5 17 7M12 6.5h5.5V12M8.5 11.5l4 4"),
  "♑": sign("M6 7c1.5 0 2 1 2 2.5V15M8 9.5C8 7.5 11.5 6 11.5 9.5V16c0 2-1 3-2 3M11.5 15a2.5 2.5 0 1 1 2.5 2.5c-1.5 0-2.5-1.2-2.5-2.5"),
  "♒": sign("M5.5 11 8 8.5l2.5 2.5L13 8.5l2.5 2.5L18 8.5M5.5 16 8 13.5l2.5 2.5 2.5-2.5 2.5 2.5 2.5-2.5"),
  "♓": sign("M8 5.5c2.5 4 2.5 9 0 13M16 5.5c-2.5 4-2.5 9 0 13M6.5 12h11"),
  "😄": face(shutEyes, laugh),
  "😂": face(shutEyes, laugh, oval(4.5, 14, 2, 3, SKY, BLUE), oval(19.5, 14, 2, 3, SKY, BLUE)),
  "😢": face(openEyes, stroke("M8.5 17c1.5-2 5.5-2 7 0", BROWN, 1.6), oval(7.5, 15, 1.7, 2.6, SKY, BLUE)),
  "🤔": face(openEyes, stroke("M6.5 7l4-1M14 7.5h3.5M9 15.5c2-1 4-1 6 0", BROWN, 1.6), stroke("M8 21c-1-2 0-4 3-4h4", GOLD, 2.6)),
  "👀": all(oval(7, 12, 4.7, 7, WHITE, GREY), oval(17, 12, 4.7, 7, WHITE, GREY), oval(8.2, 13, 2.2, 3, DARK), oval(18.2, 13, 2.2, 3, DARK)),
  "👁": all(shape("M1.5 12S5.5 5 12 5s10.5 7 10.5 7-4 7-10.5 7S1.5 12 1.5 12Z", WHITE, GREY), disc(12, 12, 5, BLUE), disc(12, 12, 2.4, DARK)),
  "👍": thumb,
  "👎": upended(thumb),
  "👉": all(box(1.5, 9, 4, 9, BLUE), shape("M6 9.5C8 7 10 7.5 12 8h8.5a1.9 1.9 0 0 1 0 3.8H15a2 2 0 0 1 .5 3 2 2 0 0 1-1 2.7A2 2 0 0 1 12.5 20H9l-3-1.5Z", YELLOW, GOLD)),
  "🙏": all(shape("M12 2.5c1.8 0 2.2 1.5 2.2 3l.3 6.5 4 5-4 5-2.5-2.5L9.5 22l-4-5 4-5 .3-6.5c0-1.5.4-3 2.2-3Z", YELLOW, GOLD), stroke("M12 5v14", GOLD, 1.4), stroke("M5.5 17l4 5M18.5 17l-4 5", BLUE, 2.6)),
  "🤲": all(shape("M11 21.5C6 20 3 16 2.5 9.5 3.5 8.5 5 9 5.5 10L6 5.5c1-1 2.5-.5 2.7.8l.8 5.7c1 2 1.5 5 1.5 9.5Z", YELLOW, GOLD), mirrored(shape("M11 21.5C6 20 3 16 2.5 9.5 3.5 8.5 5 9 5.5 10L6 5.5c1-1 2.5-.5 2.7.8l.8 5.7c1 2 1.5 5 1.5 9.5Z", YELLOW, GOLD))),
  "🧠": all(shape("M12 4.5C9.5 2.5 6.5 4 6 6.5 3.5 7 2 9.5 3 12c-1 2.5.5 5 3 5.5.5 3 4 3.5 6 1.5 2 2 5.5 1.5 6-1.5 2.5-.5 4-3 3-5.5 1-2.5-.5-5-3-5.5-.5-2.5-3.5-4-6-2Z", PINK, "#d96a8c"), stroke("M12 5v14M8.5 8c-1 1.5-.5 3 1 3.5M6 13c1.5-.5 3 .5 3 2M15.5 8c1 1.5.5 3-1 3.5M18 13c-1.5-.5-3 .5-3 2", "#d96a8c", 1.4)),
  "🦁": all(dot(BROWN), disc(6.5, 6.5, 2.5, ORANGE), disc(17.5, 6.5, 2.5, ORANGE), disc(12, 13, 7, YELLOW), disc(9, 11.5, 1.1, DARK), disc(15, 11.5, 1.1, DARK), shape("M10.3 14h3.4L12 16Z", DARK), stroke("M12 16v1.5M9.5 18c1 .8 2 .3 2.5-.5.5.8 1.5 1.3 2.5.5", DARK, 1.2)),
  "🎉": all(shape("M2 22 8 8l8 8Z", YELLOW, GOLD), stroke("M5 15l4 4M6.7 11.3l6 6", RED, 1.6), stroke("M12 8c0-3 2-3 2-6M16 12c3 0 3-2 6-2M14.5 9.5l4-4", BLUE, 1.8), disc(9.5, 3.5, 1.3, GREEN), disc(20.5, 15, 1.3, PINK), disc(21, 4, 1.3, ORANGE)),
  "🎚": all(box(3, 2, 18, 20, DARK, 3), stroke("M8 6v12M16 6v12", GREY, 1.6), box(5.5, 7, 5, 4, LIGHT), box(13.5, 13, 5, 4, LIGHT)),
  "🎭": all(shape("M1.5 3h11v6.5a5.5 5.5 0 0 1-11 0Z", YELLOW, GOLD), stroke("M4 6.5h1.5M8.5 6.5H10M4.5 10c1.3 1.5 3.7 1.5 5 0", BROWN, 1.5), shape("M11.5 9h11v6.5a5.5 5.5 0 0 1-11 0Z", BLUE, NIGHT), stroke("M14 12.5h1.5M18.5 12.5H20M14.5 17.5c1.3-1.5 3.7-1.5 5 0", WHITE, 1.5)),
  "🎱": all(dot(DARK), disc(12, 10.5, 5.2, WHITE), disc(12, 9, 1.5, "none", DARK), disc(12, 12.2, 1.8, "none", DARK)),
  "🎲": all(box(3, 3, 18, 18, WHITE, 4, GREY), disc(8, 8, 1.7, RED), disc(16, 8, 1.7, RED), disc(12, 12, 1.7, RED), disc(8, 16, 1.7, RED), disc(16, 16, 1.7, RED)),
  "🎶": all(stroke("M8.5 17V6.5L19 4v10.5M8.5 9.5 19 7", PURPLE, 2), oval(6.2, 17.5, 3, 2.4, PURPLE), oval(16.7, 15, 3, 2.4, PURPLE)),
  "🏓": all(stroke("M14 14l6 6", BROWN, 4), disc(9.5, 9.5, 7.5, RED), disc(19.5, 6, 2.2, WHITE, GREY)),
  "🏗": all(stroke("M7 21V4h14M3 4h4M7 9l7-5M17.5 4v5", ORANGE, 2), box(14, 9, 7, 5, BROWN), stroke("M2.5 21.5h9", GREY, 2)),
  "⏰": all(stroke("M3.5 6.5 7 3.5M20.5 6.5 17 3.5M6.5 19l-1.5 2.5M17.5 19l1.5 2.5", RED, 2.6), disc(12, 13, 8.5, RED), disc(12, 13, 6.3, WHITE), stroke("M12 9.5V13l2.5 1.7", DARK, 1.7)),
  "⏳": all(shape("M6 3h12v2c0 4-4.5 5-4.5 7s4.5 3 4.5 7v2H6v-2c0-4 4.5-5 4.5-7S6 9 6 5Z", LIGHT), shape("M8 20c0-3 2.5-3.5 4-5.5 1.5 2 4 2.5 4 5.5ZM9 7h6c-.5 1.5-2 2.5-3 4-1-1.5-2.5-2.5-3-4Z", ORANGE), stroke("M5.5 3h13M5.5 21h13", BROWN, 2)),
  "⚖": all(stroke("M12 3.5V20M7.5 20.5h9M4 6.5h16", BROWN, 2), shape("M.8 14 4 6.5 7.2 14a3.2 3.2 0 0 1-6.4 0ZM16.8 14 20 6.5l3.2 7.5a3.2 3.2 0 0 1-6.4 0Z", "none", GOLD), shape("M.8 14h6.4a3.2 3.2 0 0 1-6.4 0ZM16.8 14h6.4a3.2 3.2 0 0 1-6.4 0Z", YELLOW)),
  "💡": all(shape("M12 1.5a7.2 7.2 0 0 1 4 13.2V17H8v-2.3A7.2 7.2 0 0 1 12 1.5Z", YELLOW, GOLD), box(8.5, 18, 7, 1.8, GREY), box(9.7, 20.7, 4.6, 1.8, GREY)),
  "💾": all(box(3, 3, 18, 18, BLUE, 2), box(7, 3, 9.5, 6, LIGHT), box(13, 4, 2, 4, DARK, 0.5), box(6, 12, 12, 9, WHITE), stroke("M8.5 15h7M8.5 18h7", GREY, 1.3)),
  "📈": all(box(2, 2, 20, 20, WHITE, 3, GREY), stroke("M5.5 17.5l4.5-6 3.5 3L19 7M14.5 6.5H19V11", RED, 2)),
  "📖": all(shape("M12 6C9 4 5 3.5 1.5 4.5v15c3.5-1 7.5-.5 10.5 1.5 3-2 7-2.5 10.5-1.5v-15C19 3.5 15 4 12 6Z", WHITE, BROWN), stroke("M12 6v15", BROWN, 1.4), stroke("M4.5 8.5c1.7-.3 3.4 0 5 .8M4.5 12.5c1.7-.3 3.4 0 5 .8M19.5 8.5c-1.7-.3-3.4 0-5 .8M19.5 12.5c-1.7-.3-3.4 0-5 .8", GREY, 1.3)),
  "📜": all(shape("M6 3h13v15a3 3 0 0 1-3 3H6Z", PAPER, BROWN), shape("M6 3a2.5 2.5 0 0 0-2.5 2.5V8H8V5A2 2 0 0 0 6 3ZM10 18v1a2 2 0 0 1-2 2h8.5a3 3 0 0 1-2-3Z", PAPER, BROWN), stroke("M10.5 7.5h6M10.5 11h6M10.5 14.5h4", BROWN, 1.2)),
  "📤": all(tray, stroke("M12 13.5V3M7.5 7.5 12 3l4.5 4.5", RED, 2.4)),
  "📥": all(tray, stroke("M12 3v10.5M7.5 9l4.5 4.5L16.5 9", GREEN, 2.4)),
  "📦": all(shape("M2.5 7 12 3l9.5 4v10L12 21.5 2.5 17Z", "#c99258", BROWN), shape("M2.5 7 12 11.3V21.5L2.5 17Z", "#ad7842", BROWN), stroke("M7 5.2l9.5 4.2v4.3", PAPER, 2)),
  "🔊": all(shape("M2.5 9H7l6-5.5v17L7 15H2.5Z", GREY, DARK), stroke("M16 9a4.2 4.2 0 0 1 0 6M18.8 6a8.5 8.5 0 0 1 0 12", BLUE, 2)),
  "🔌": all(stroke("M8.5 7V2.5M15.5 7V2.5", GREY, 2.4), shape("M5 7h14v4a7 7 0 0 1-14 0Z", DARK), stroke("M12 18v4", DARK, 2.4)),
  "🔍": lens,
  "🔎": mirrored(lens),
  "🔑": all(stroke("M10.5 10.5 20.5 20.5M16.5 16.5 19 14M19.5 19.5l2-2", GOLD, 2.6), disc(7, 7, 4, "none", GOLD), stroke("M7 3a4 4 0 1 1-.1 0Z", GOLD, 2.6)),
  "🔒": all(stroke("M7.5 12V8a4.5 4.5 0 0 1 9 0v4", GREY, 2.6), box(4, 11, 16, 11, YELLOW, 2, GOLD), disc(12, 15.5, 1.6, BROWN), stroke("M12 16v2.5", BROWN, 1.6)),
  "🔔": bell,
  "🔕": all(bell, stroke("M3 3l18 18", RED, 2.6)),
  "🔗": stroke("M10 14a4.1 4.1 0 0 1 0-5.8l3.2-3.2a4.1 4.1 0 0 1 5.8 5.8L17 12.8M14 10a4.1 4.1 0 0 1 0 5.8L10.8 19A4.1 4.1 0 0 1 5 13.2l2-2", GREY, 2.4),
  "🔭": all(stroke("M11 14 7 22M13 14l4 8M12 14v8", BROWN, 1.8), moved("rotate(-25 12 10)", all(box(2, 7.5, 8, 5.5, NIGHT), box(9, 6.5, 10, 7.5, BLUE), box(19, 5.5, 3, 9.5, GOLD)))),
  "🔮": all(shape("M5 22c.5-5 13.5-5 14 0Z", BROWN), disc(12, 10.5, 8.5, PURPLE), stroke("M7.5 9A5 5 0 0 1 11 5.5", "#cdb8ee", 1.8)),
  "🕯": all(box(8.5, 10.5, 7, 11.5, PAPER, 1, GOLD), stroke("M12 10.5V8.5", DARK, 1.4), flame(12, 5.5, 0.55)),
  "🕳": all(oval(12, 14, 10.5, 6, GREY), oval(12, 14.8, 9, 4.5, DARK)),
  "🗓": all(box(2.5, 4, 19, 17.5, WHITE, 2, GREY), box(2.5, 4, 19, 5, RED, 2), stroke("M8 2.5v3M16 2.5v3", DARK, 1.8), stroke("M6.5 13h2M11 13h2M15.5 13h2M6.5 17.5h2M11 17.5h2M15.5 17.5h2", GREY, 2)),
  "🚀": moved("rotate(45 12 12)", all(shape("M8.5 17 5 20.5V14l3-3ZM15.5 17l3.5 3.5V14l-3-3Z", RED), flame(12, 20, 0.4), shape("M12 .5c4.5 3.5 5.5 9.5 4 16.5H8C6.5 10 7.5 4 12 .5Z", LIGHT, GREY), disc(12, 8.5, 2.3, BLUE))),
  "🛡": all(shape("M12 2l9 3c0 8-2.5 13.5-9 17C5.5 18.5 3 13 3 5Z", BLUE, NIGHT), shape("M12 4.5l6.8 2.3c-.2 5.7-2.3 9.9-6.8 12.7Z", SKY)),
  "🧩": shape("M3 8h5.2a2.6 2.6 0 1 1 5.1 0H18v4.8a2.6 2.6 0 1 1 0 5.1V22H3v-4.5a2.6 2.6 0 1 0 0-5Z", GREEN, "#2c7d43"),
  "🧪": moved("rotate(35 12 12)", all(shape("M8.5 3h7v15.5a3.5 3.5 0 0 1-7 0Z", LIGHT, GREY), shape("M9.2 11h5.6v7.5a2.8 2.8 0 0 1-5.6 0Z", GREEN), stroke("M7.5 2.5h9", GREY, 2))),
  "🧹": all(stroke("M21 3l-9 9", BROWN, 2.6), shape("M8.5 9.5l6 6C13 19 9 22 4.5 22.5 3 22 2 21 1.5 19.5 2 15 5 11 8.5 9.5Z", YELLOW, GOLD), stroke("M7 14l-3 5M10 16l-4 4.5", GOLD, 1.4)),
  "🧾": all(shape("M4.5 2l2.5 2 2.5-2 2.5 2 2.5-2 2.5 2 2.5-2v20l-2.5-2-2.5 2-2.5-2-2.5 2L7 20l-2.5 2Z", WHITE, GREY), stroke("M8 8.5h8M8 12h8M8 15.5h5", GREY, 1.5)),
  "🪔": all(flame(12, 7, 0.62), shape("M2 13h20c-1 5.5-5 8.5-10 8.5S3 18.5 2 13Z", BROWN), stroke("M5 16h14", GOLD, 1.6)),
  "🪙": all(dot(YELLOW, GOLD), disc(12, 12, 7, "none", GOLD), stroke("M12 8v8", GOLD, 2.4)),
  "🪝": all(stroke("M15 3.5V15a4.5 4.5 0 0 1-9 0v-2.5l3 2.5", GREY, 2.6), disc(15, 3.8, 2, WHITE, GREY)),
  "🪷": all(petal(-62), petal(62), petal(-32), petal(32), petal(0), stroke("M6 21.5h12", GREEN, 2)),
  "🜂": stroke("M12 4 21 19.5H3Z", ORANGE, 2.2),
};
