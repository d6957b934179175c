// A small chart of pulse values since the page was opened: a point every two seconds, five minutes at most.

import { el, setText, svg } from "./dom.js";

const MOST = 150;
const LEAST = 30;
const EVERY_S = 2;
const WIDTH = 300;
const HEIGHT = 44;

/** `format` formats a value; `range` sets the scale, which otherwise goes from 0 to the maximum. */
export function sparkline(label, format, range = null) {
  const values = [];
  const line = svg("path", { class: "line" });
  const area = svg("path", { class: "area" });
  const value = el("span", { class: "now" }, "–");
  const span = el("small", {}, "");
  const scale = el("small", {}, "");
  const node = el(
    "div",
    { class: "spark" },
    el("p", {}, el("span", { class: "label" }, label), value),
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, area, line),
    el("p", { class: "scale" }, span, scale),
  );

  function add(number) {
    setText(value, format(number));
    values.push(number ?? null);
    if (values.length > MOST) values.shift();
    const known = values.filter((item) => item !== null);
    const [low, high] = range ?? [0, Math.max(...known, 1e-9) * 1.1];
    setText(scale, known.length ? `max ${format(Math.max(...known))}` : "");
    const room = Math.max(LEAST, values.length);
    setText(span, `last ${Math.ceil((room * EVERY_S) / 60)} min`);
    const x = (index) => WIDTH - ((values.length - 1 - index) * WIDTH) / (room - 1);
    const y = (item) => HEIGHT - 2 - ((item - low) / (high - low)) * (HEIGHT - 5);
    const points = values.map((item, index) => (item === null ? null : `${x(index).toFixed(1)} ${y(item).toFixed(1)}`));
    const path = points.filter(Boolean).join("L");
    line.setAttribute("d", path ? `M${path}` : "");
    const first = points.findIndex(Boolean);
    area.setAttribute("d", path ? `M${path}L${WIDTH} ${HEIGHT}L${x(first).toFixed(1)} ${HEIGHT}Z` : "");
  }
  return { node, add };
}
