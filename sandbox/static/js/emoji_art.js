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
const shutEyes = stroke("M6.500 10.500c1-2 3-2 4 0M13.500 10.500c1-2 3-2 4 0", BROWN, 1.6);
const laugh = shape("M6.500 13.500h11c0 3.500-2.500 5.500-5.500 5.500s-5.500-2-5.500-5.500Z", WHITE, BROWN);
const flame = (x, y, size) => moved(
  `translate(${x} ${y}) scale(${size})`,
  all(
    shape("M0-10C1-6 6-4 6 2A6 6 0 0 1-6 2.500C-6 0-4.500-1.500-4-3.500-3-3-2.500-2-2.500-1-.5-3 .5-6 0-10Z", ORANGE),
    shape("M.5-2.500C1 0 3 1 3 4A3 3 0 0 1-3 4C-3 2-1 1.500.5-2.500Z", YELLOW),
  ),
);
const heart = (fill) => shape("M12 21C5 15.500 2 12 2 8.200A5.2 5.2 0 0 1 12 6a5.2 5.2 0 0 1 10 2.200C22 12 19 15.500 12 21Z", fill);
const thumb = all(
  box(2, 11, 4.5, 10, BLUE),
  shape("M7.500 11.500 11.500 3c2.500 0 3.500 2 3 4L14 10h6a2 2 0 0 1 1.800 2.600L19.700 20a2 2 0 0 1-2 1.500H10l-2.500-1Z", YELLOW, GOLD),
);
const lens = all(stroke("M14.500 14.500 21 21", BROWN, 3.5), disc(9.5, 9.5, 7, SKY, DARK), stroke("M6 9a3.500 3.500 0 0 1 3-3.500", WHITE, 1.6));
const bell = all(
  disc(12, 20, 2, BROWN),
  shape("M12 2.500a6.500 6.500 0 0 1 6.500 6.500c0 5 1 7 3 9h-19c2-2 3-4 3-9A6.500 6.500 0 0 1 12 2.500Z", YELLOW, GOLD),
);
const tray = shape("M2.500 14H8l1.500 3h5L16 14h5.500v7h-19Z", GREY);
const sparkle = "M10 3l2.200 6.800L19 12l-6.800 2.200L10 21l-2.200-6.800L1 12l6.800-2.200Z";
const cloud = shape("M7 14a4.200 4.200 0 0 1 .3-8.300A5.500 5.500 0 0 1 17.800 7 3.600 3.600 0 0 1 17.500 14Z", LIGHT, GREY);
const petal = (turn) => moved(`rotate(${turn} 12 19)`, shape("M12 4c3 4 3.500 9.500 0 15-3.500-5.500-3-11 0-15Z", PINK, "#d96a8c"));

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
  "✅": tile(GREEN, "M6.500 12.500l3.800 3.800L17.500 8", 2.8),
  "❌": stroke("M5 5l14 14M19 5 5 19", RED, 4),
  "➕": stroke("M12 4v16M4 12h16", GREY, 4),
  "⚠": all(stroke("M12 4 21.500 20.500h-19Z", GOLD, 3), shape("M12 4 21.500 20.500h-19Z", YELLOW), stroke("M12 10v4.500M12 17.800v.1", DARK, 2.4)),
  "⛔": all(dot(RED), box(5.5, 10, 13, 4, WHITE)),
  "🚫": all(disc(12, 12, 8.5, "none", RED), stroke("M12 3.500a8.500 8.500 0 1 1-.1 0ZM6 6l12 12", RED, 3)),
  "▶": tile(BLUE, "M9 7v10l8-5Z"),
  "◀": mirrored(tile(BLUE, "M9 7v10l8-5Z")),
  "⬆": tile(BLUE, "M12 18V7M7 11.500l5-5 5 5", 2.6),
  "🔁": tile(BLUE, "M6 11.500V10a2.500 2.500 0 0 1 2.500-2.500h9M15 5l2.500 2.500L15 10M18 12.500V14a2.500 2.500 0 0 1-2.500 2.500h-9M9 14l-2.500 2.500L9 19"),
  "❤": heart(RED),
  "💓": all(heart(PINK), stroke("M6.500 13h3l1.500-3 2 6 1.500-3h3", WHITE, 1.6)),
  "✨": all(shape(sparkle, YELLOW), moved("translate(15 0) scale(.42)", shape(sparkle, YELLOW)), moved("translate(15 14) scale(.38)", shape(sparkle, YELLOW))),
  "🔥": flame(12, 12.5, 1.15),
  "☀": all(disc(12, 12, 5.5, YELLOW), stroke("M12 1.500v2M12 20.500v2M1.500 12h2M20.500 12h2M4.500 4.500l1.500 1.500M18 18l1.500 1.500M4.500 19.500 6 18M18 6l1.500-1.500", ORANGE)),
  "🌕": all(dot(YELLOW), disc(8, 9, 2, GOLD), disc(15, 14.5, 2.5, GOLD), disc(15, 7, 1.2, GOLD), disc(8.5, 16, 1.2, GOLD)),
  "🌙": shape("M15 2.500A10 10 0 1 0 21.500 16 8.500 8.500 0 0 1 15 2.500Z", YELLOW),
  "🌠": all(box(2, 2, 20, 20, NIGHT, 4), stroke("M5 19l7-7M5 14l4-4M10 19l4-4", SKY, 1.4), moved("translate(9.500 2.500) scale(.52)", shape(sparkle, YELLOW))),
  "🌅": all(box(2, 3, 20, 18, ORANGE, 3), shape("M5.500 15a6.500 6.500 0 0 1 13 0Z", YELLOW), box(2, 15, 20, 6, BLUE, 2), stroke("M6 18h12", SKY, 1.4)),
  "🌊": all(shape("M2 21V14C3.500 7 9 3.500 14.500 4.500 19 5.500 21 8.500 20.500 11c-1.500-2-4.500-2-5.500 0-1.200 2.600 1.500 5 7 5v5Z", BLUE), stroke("M5 15c1.200-3.500 3.500-6 7-6.500M2.500 18.500c3 1.500 6 1 8-.5 3 1.500 7 2 11 1", SKY, 1.4)),
  "🌧": all(cloud, stroke("M8 17.500l-1 3M12.500 17.500l-1 3M17 17.500l-1 3", BLUE, 2)),
  "🌬": stroke("M2.500 9H14a3.200 3.200 0 1 0-3.200-3.200M2.500 13h15.500a3.300 3.300 0 1 1-3.300 3.300M2.500 17h7a2.300 2.300 0 1 1-2.300 2.300", BLUE, 2),
  "🌀": stroke("M12.500 12c.8.9-.3 2-1.500 1.500-1.800-.8-1.500-3.500.5-4.300 2.800-1 5.500 1.300 5.200 4.300-.4 3.600-4.200 5.200-7.500 3.900C5.300 15.700 4.600 11 6.800 7.800 9.300 4.200 14.300 3.800 17.800 6.200c1.700 1.200 2.900 2.900 3.400 4.800", BLUE, 2.3),
  "🌐": all(dot(BLUE), stroke("M2.500 12h19M12 2.500c-6 5-6 14 0 19M12 2.500c6 5 6 14 0 19M4.500 6.500c4.500 2.500 10.500 2.500 15 0M4.500 17.500c4.500-2.500 10.500-2.500 15 0", WHITE, 1.2)),
  "♈": sign("M12 19V10c0-3.500-1.500-4.500-3-4.500S6.500 7 7.200 9M12 10c0-3.500 1.500-4.500 3-4.500S17.500 7 16.800 9"),
  "♉": sign("M12 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM7 5.500c1 4 3 5.500 5 5.500s4-1.500 5-5.500"),
  "♊": sign("M7 5.500c3.300 1.300 6.700 1.300 10 0M7 18.500c3.300-1.300 6.700-1.300 10 0M9.500 6.500v11M14.500 6.500v11"),
  "♋": sign("M8 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM16 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM6 9.500C7.500 6 14 5.500 18 8.500M18 14.500C16.500 18 10 18.500 6 15.500"),
  "♌": sign("M8.500 13a2 2 0 1 0 0 4 2 2 0 0 0 0-4C8.500 11 7 10 7 8a3.500 3.500 0 0 1 7 0c0 3-2.500 5.500-2.500 8 0 1.500 1 2.500 2.500 2.500 1 0 1.700-.5 2.200-1.200"),
  "♍": sign("M6 7c1.200 0 1.500 1 1.500 2v7.500M7.500 9c0-1.500 3-2.500 3 0v7.500M10.500 9c0-1.500 3-2.500 3 0v6c0 2 1 3.500 3.500 4M13.500 10.500c3-2 4.500 1 3 3.500s-3 3.500-4 4"),
  "♎": sign("M6 18.500h12M6 15h4c-1.300-1-2-2.300-2-3.800a4 4 0 0 1 8 0c0 1.500-.7 2.800-2 3.800h4"),
  "♏": sign("M6 7c1.200 0 1.500 1 1.500 2v7M7.500 9c0-1.500 3-2.500 3 0v7M10.500 9c0-1.500 3-2.500 3 0v6.500c0 1.500 1 2.500 2.500 2.500h2M16.500 16.300l1.700 1.700-1.700 1.700"),
  "♐": sign("M6.500 17.500 17 7M12 6.500h5.500V12M8.500 11.500l4 4"),
  "♑": sign("M6 7c1.500 0 2 1 2 2.500V15M8 9.500C8 7.500 11.500 6 11.500 9.500V16c0 2-1 3-2 3M11.500 15a2.500 2.500 0 1 1 2.500 2.500c-1.500 0-2.500-1.200-2.500-2.500"),
  "♒": sign("M5.500 11 8 8.500l2.500 2.500L13 8.500l2.500 2.500L18 8.500M5.500 16 8 13.500l2.500 2.500 2.500-2.500 2.500 2.500 2.500-2.500"),
  "♓": sign("M8 5.500c2.500 4 2.500 9 0 13M16 5.500c-2.500 4-2.500 9 0 13M6.500 12h11"),
  "😄": face(shutEyes, laugh),
  "😂": face(shutEyes, laugh, oval(4.5, 14, 2, 3, SKY, BLUE), oval(19.5, 14, 2, 3, SKY, BLUE)),
  "😢": face(openEyes, stroke("M8.500 17c1.500-2 5.500-2 7 0", BROWN, 1.6), oval(7.5, 15, 1.7, 2.6, SKY, BLUE)),
  "🤔": face(openEyes, stroke("M6.500 7l4-1M14 7.500h3.500M9 15.500c2-1 4-1 6 0", BROWN, 1.6), stroke("M8 21c-1-2 0-4 3-4h4", GOLD, 2.6)),
  "👀": all(oval(7, 12, 4.7, 7, WHITE, GREY), oval(17, 12, 4.7, 7, WHITE, GREY), oval(8.2, 13, 2.2, 3, DARK), oval(18.2, 13, 2.2, 3, DARK)),
  "👁": all(shape("M1.500 12S5.500 5 12 5s10.500 7 10.500 7-4 7-10.500 7S1.500 12 1.500 12Z", WHITE, GREY), disc(12, 12, 5, BLUE), disc(12, 12, 2.4, DARK)),
  "👍": thumb,
  "👎": upended(thumb),
  "👉": all(box(1.5, 9, 4, 9, BLUE), shape("M6 9.500C8 7 10 7.500 12 8h8.500a1.900 1.900 0 0 1 0 3.800H15a2 2 0 0 1 .5 3 2 2 0 0 1-1 2.700A2 2 0 0 1 12.500 20H9l-3-1.500Z", YELLOW, GOLD)),
  "🙏": all(shape("M12 2.500c1.800 0 2.200 1.500 2.200 3l.3 6.500 4 5-4 5-2.500-2.500L9.500 22l-4-5 4-5 .3-6.500c0-1.500.4-3 2.200-3Z", YELLOW, GOLD), stroke("M12 5v14", GOLD, 1.4), stroke("M5.500 17l4 5M18.500 17l-4 5", BLUE, 2.6)),
  "🤲": all(shape("M11 21.500C6 20 3 16 2.500 9.500 3.500 8.500 5 9 5.500 10L6 5.500c1-1 2.500-.5 2.700.8l.8 5.700c1 2 1.500 5 1.500 9.500Z", YELLOW, GOLD), mirrored(shape("M11 21.500C6 20 3 16 2.500 9.500 3.500 8.500 5 9 5.500 10L6 5.500c1-1 2.500-.5 2.700.8l.8 5.700c1 2 1.500 5 1.500 9.500Z", YELLOW, GOLD))),
  "🧠": all(shape("M12 4.500C9.500 2.500 6.500 4 6 6.500 3.500 7 2 9.500 3 12c-1 2.500.5 5 3 5.500.5 3 4 3.500 6 1.500 2 2 5.500 1.500 6-1.500 2.500-.5 4-3 3-5.500 1-2.500-.5-5-3-5.500-.5-2.500-3.500-4-6-2Z", PINK, "#d96a8c"), stroke("M12 5v14M8.500 8c-1 1.500-.5 3 1 3.500M6 13c1.500-.5 3 .5 3 2M15.500 8c1 1.500.5 3-1 3.500M18 13c-1.500-.5-3 .5-3 2", "#d96a8c", 1.4)),
  "🦁": all(dot(BROWN), disc(6.5, 6.5, 2.5, ORANGE), disc(17.5, 6.5, 2.5, ORANGE), disc(12, 13, 7, YELLOW), disc(9, 11.5, 1.1, DARK), disc(15, 11.5, 1.1, DARK), shape("M10.300 14h3.400L12 16Z", DARK), stroke("M12 16v1.500M9.500 18c1 .8 2 .3 2.500-.5.5.8 1.500 1.300 2.500.5", DARK, 1.2)),
  "🎉": all(shape("M2 22 8 8l8 8Z", YELLOW, GOLD), stroke("M5 15l4 4M6.700 11.300l6 6", RED, 1.6), stroke("M12 8c0-3 2-3 2-6M16 12c3 0 3-2 6-2M14.500 9.500l4-4", BLUE, 1.8), disc(9.5, 3.5, 1.3, GREEN), disc(20.5, 15, 1.3, PINK), disc(21, 4, 1.3, ORANGE)),
  "🎚": all(box(3, 2, 18, 20, DARK, 3), stroke("M8 6v12M16 6v12", GREY, 1.6), box(5.5, 7, 5, 4, LIGHT), box(13.5, 13, 5, 4, LIGHT)),
  "🎭": all(shape("M1.500 3h11v6.500a5.500 5.500 0 0 1-11 0Z", YELLOW, GOLD), stroke("M4 6.500h1.500M8.500 6.500H10M4.500 10c1.300 1.500 3.700 1.500 5 0", BROWN, 1.5), shape("M11.500 9h11v6.500a5.500 5.500 0 0 1-11 0Z", BLUE, NIGHT), stroke("M14 12.500h1.500M18.500 12.500H20M14.500 17.500c1.300-1.500 3.700-1.500 5 0", WHITE, 1.5)),
  "🎱": all(dot(DARK), disc(12, 10.5, 5.2, WHITE), disc(12, 9, 1.5, "none", DARK), disc(12, 12.2, 1.8, "none", DARK)),
  "🎲": all(box(3, 3, 18, 18, WHITE, 4, GREY), disc(8, 8, 1.7, RED), disc(16, 8, 1.7, RED), disc(12, 12, 1.7, RED), disc(8, 16, 1.7, RED), disc(16, 16, 1.7, RED)),
  "🎶": all(stroke("M8.500 17V6.500L19 4v10.500M8.500 9.500 19 7", PURPLE, 2), oval(6.2, 17.5, 3, 2.4, PURPLE), oval(16.7, 15, 3, 2.4, PURPLE)),
  "🏓": all(stroke("M14 14l6 6", BROWN, 4), disc(9.5, 9.5, 7.5, RED), disc(19.5, 6, 2.2, WHITE, GREY)),
  "🏗": all(stroke("M7 21V4h14M3 4h4M7 9l7-5M17.500 4v5", ORANGE, 2), box(14, 9, 7, 5, BROWN), stroke("M2.500 21.500h9", GREY, 2)),
  "⏰": all(stroke("M3.500 6.500 7 3.500M20.500 6.500 17 3.500M6.500 19l-1.500 2.500M17.500 19l1.500 2.500", RED, 2.6), disc(12, 13, 8.5, RED), disc(12, 13, 6.3, WHITE), stroke("M12 9.500V13l2.500 1.700", DARK, 1.7)),
  "⏳": all(shape("M6 3h12v2c0 4-4.500 5-4.500 7s4.500 3 4.500 7v2H6v-2c0-4 4.500-5 4.500-7S6 9 6 5Z", LIGHT), shape("M8 20c0-3 2.500-3.500 4-5.500 1.500 2 4 2.500 4 5.500ZM9 7h6c-.5 1.500-2 2.500-3 4-1-1.500-2.500-2.500-3-4Z", ORANGE), stroke("M5.500 3h13M5.500 21h13", BROWN, 2)),
  "⚖": all(stroke("M12 3.500V20M7.500 20.500h9M4 6.500h16", BROWN, 2), shape("M.8 14 4 6.500 7.200 14a3.200 3.200 0 0 1-6.400 0ZM16.800 14 20 6.500l3.200 7.500a3.200 3.200 0 0 1-6.400 0Z", "none", GOLD), shape("M.8 14h6.400a3.200 3.200 0 0 1-6.400 0ZM16.800 14h6.400a3.200 3.200 0 0 1-6.400 0Z", YELLOW)),
  "💡": all(shape("M12 1.500a7.200 7.200 0 0 1 4 13.200V17H8v-2.300A7.200 7.200 0 0 1 12 1.500Z", YELLOW, GOLD), box(8.5, 18, 7, 1.8, GREY), box(9.7, 20.7, 4.600, 1.8, GREY)),
  "💾": all(box(3, 3, 18, 18, BLUE, 2), box(7, 3, 9.5, 6, LIGHT), box(13, 4, 2, 4, DARK, 0.5), box(6, 12, 12, 9, WHITE), stroke("M8.500 15h7M8.500 18h7", GREY, 1.3)),
  "📈": all(box(2, 2, 20, 20, WHITE, 3, GREY), stroke("M5.500 17.500l4.500-6 3.500 3L19 7M14.500 6.500H19V11", RED, 2)),
  "📖": all(shape("M12 6C9 4 5 3.500 1.500 4.500v15c3.500-1 7.500-.5 10.500 1.500 3-2 7-2.500 10.500-1.500v-15C19 3.500 15 4 12 6Z", WHITE, BROWN), stroke("M12 6v15", BROWN, 1.4), stroke("M4.500 8.500c1.700-.3 3.400 0 5 .8M4.500 12.500c1.700-.3 3.400 0 5 .8M19.500 8.500c-1.700-.3-3.400 0-5 .8M19.500 12.500c-1.700-.3-3.400 0-5 .8", GREY, 1.3)),
  "📜": all(shape("M6 3h13v15a3 3 0 0 1-3 3H6Z", PAPER, BROWN), shape("M6 3a2.500 2.500 0 0 0-2.500 2.500V8H8V5A2 2 0 0 0 6 3ZM10 18v1a2 2 0 0 1-2 2h8.500a3 3 0 0 1-2-3Z", PAPER, BROWN), stroke("M10.500 7.500h6M10.500 11h6M10.500 14.500h4", BROWN, 1.2)),
  "📤": all(tray, stroke("M12 13.500V3M7.500 7.500 12 3l4.500 4.500", RED, 2.4)),
  "📥": all(tray, stroke("M12 3v10.500M7.500 9l4.500 4.500L16.500 9", GREEN, 2.4)),
  "📦": all(shape("M2.500 7 12 3l9.500 4v10L12 21.500 2.500 17Z", "#c99258", BROWN), shape("M2.500 7 12 11.300V21.500L2.500 17Z", "#ad7842", BROWN), stroke("M7 5.200l9.500 4.200v4.300", PAPER, 2)),
  "🔊": all(shape("M2.500 9H7l6-5.500v17L7 15H2.500Z", GREY, DARK), stroke("M16 9a4.200 4.200 0 0 1 0 6M18.800 6a8.500 8.500 0 0 1 0 12", BLUE, 2)),
  "🔌": all(stroke("M8.500 7V2.500M15.500 7V2.500", GREY, 2.4), shape("M5 7h14v4a7 7 0 0 1-14 0Z", DARK), stroke("M12 18v4", DARK, 2.4)),
  "🔍": lens,
  "🔎": mirrored(lens),
  "🔑": all(stroke("M10.500 10.500 20.500 20.500M16.500 16.500 19 14M19.500 19.500l2-2", GOLD, 2.6), disc(7, 7, 4, "none", GOLD), stroke("M7 3a4 4 0 1 1-.1 0Z", GOLD, 2.6)),
  "🔒": all(stroke("M7.500 12V8a4.500 4.500 0 0 1 9 0v4", GREY, 2.6), box(4, 11, 16, 11, YELLOW, 2, GOLD), disc(12, 15.5, 1.6, BROWN), stroke("M12 16v2.500", BROWN, 1.6)),
  "🔔": bell,
  "🔕": all(bell, stroke("M3 3l18 18", RED, 2.6)),
  "🔗": stroke("M10 14a4.100 4.100 0 0 1 0-5.800l3.200-3.200a4.100 4.100 0 0 1 5.800 5.800L17 12.800M14 10a4.100 4.100 0 0 1 0 5.800L10.800 19A4.100 4.100 0 0 1 5 13.200l2-2", GREY, 2.4),
  "🔭": all(stroke("M11 14 7 22M13 14l4 8M12 14v8", BROWN, 1.8), moved("rotate(-25 12 10)", all(box(2, 7.500, 8, 5.500, NIGHT), box(9, 6.500, 10, 7.500, BLUE), box(19, 5.500, 3, 9.500, GOLD)))),
  "🔮": all(shape("M5 22c.5-5 13.500-5 14 0Z", BROWN), disc(12, 10.5, 8.5, PURPLE), stroke("M7.500 9A5 5 0 0 1 11 5.500", "#cdb8ee", 1.8)),
  "🕯": all(box(8.5, 10.5, 7, 11.5, PAPER, 1, GOLD), stroke("M12 10.500V8.500", DARK, 1.4), flame(12, 5.500, 0.55)),
  "🕳": all(oval(12, 14, 10.500, 6, GREY), oval(12, 14.8, 9, 4.500, DARK)),
  "🗓": all(box(2.5, 4, 19, 17.5, WHITE, 2, GREY), box(2.5, 4, 19, 5, RED, 2), stroke("M8 2.500v3M16 2.500v3", DARK, 1.8), stroke("M6.500 13h2M11 13h2M15.500 13h2M6.500 17.500h2M11 17.500h2M15.500 17.500h2", GREY, 2)),
  "🚀": moved("rotate(45 12 12)", all(shape("M8.500 17 5 20.500V14l3-3ZM15.500 17l3.500 3.500V14l-3-3Z", RED), flame(12, 20, 0.4), shape("M12 .5c4.500 3.500 5.500 9.500 4 16.500H8C6.500 10 7.500 4 12 .5Z", LIGHT, GREY), disc(12, 8.500, 2.3, BLUE))),
  "🛡": all(shape("M12 2l9 3c0 8-2.500 13.500-9 17C5.500 18.500 3 13 3 5Z", BLUE, NIGHT), shape("M12 4.500l6.800 2.300c-.2 5.700-2.300 9.900-6.800 12.700Z", SKY)),
  "🧩": shape("M3 8h5.200a2.600 2.600 0 1 1 5.100 0H18v4.800a2.600 2.600 0 1 1 0 5.100V22H3v-4.500a2.600 2.600 0 1 0 0-5Z", GREEN, "#2c7d43"),
  "🧪": moved("rotate(35 12 12)", all(shape("M8.500 3h7v15.500a3.500 3.500 0 0 1-7 0Z", LIGHT, GREY), shape("M9.200 11h5.600v7.500a2.800 2.800 0 0 1-5.600 0Z", GREEN), stroke("M7.500 2.500h9", GREY, 2))),
  "🧹": all(stroke("M21 3l-9 9", BROWN, 2.6), shape("M8.500 9.500l6 6C13 19 9 22 4.500 22.500 3 22 2 21 1.500 19.500 2 15 5 11 8.500 9.500Z", YELLOW, GOLD), stroke("M7 14l-3 5M10 16l-4 4.500", GOLD, 1.4)),
  "🧾": all(shape("M4.500 2l2.500 2 2.500-2 2.500 2 2.500-2 2.500 2 2.500-2v20l-2.500-2-2.500 2-2.500-2-2.500 2L7 20l-2.500 2Z", WHITE, GREY), stroke("M8 8.500h8M8 12h8M8 15.500h5", GREY, 1.5)),
  "🪔": all(flame(12, 7, 0.62), shape("M2 13h20c-1 5.500-5 8.500-10 8.500S3 18.500 2 13Z", BROWN), stroke("M5 16h14", GOLD, 1.6)),
  "🪙": all(dot(YELLOW, GOLD), disc(12, 12, 7, "none", GOLD), stroke("M12 8v8", GOLD, 2.4)),
  "🪝": all(stroke("M15 3.500V15a4.500 4.500 0 0 1-9 0v-2.500l3 2.500", GREY, 2.6), disc(15, 3.800, 2, WHITE, GREY)),
  "🪷": all(petal(-62), petal(62), petal(-32), petal(32), petal(0), stroke("M6 21.500h12", GREEN, 2)),
  "🜂": stroke("M12 4 21 19.500H3Z", ORANGE, 2.2),
};
