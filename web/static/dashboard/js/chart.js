// One metric over time: its mean, its range, and the limits by which it is judged.

import { domain, momentIn, timeTicks, valueTicks } from "./axes.js";
import { el, find, setText, svg } from "./dom.js";

const LEFT = 34;
const RIGHT = 6;
const TOP = 6;
const BOTTOM = 18;

export class Chart {
  #bounds;
  #host;
  #picture;
  #slider;
  #readout;
  #data = null;
  #points = [];
  #cursor = null;
  #scale = null;

  /** `moved(at)`: called with the time under the cursor; null when the cursor leaves. */
  constructor(host, { name, bounds, moved }) {
    this.#bounds = bounds;
    this.#host = host;
    this.#picture = svg("svg", { class: "chart", "aria-hidden": "true" });
    this.#slider = el(
      "div",
      {
        class: "canvas", role: "slider", tabindex: 0, "aria-label": `History of ${name}`,
        "aria-orientation": "horizontal", "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0,
      },
      this.#picture,
    );
    this.#readout = el("p", { class: "readout" }, "Loading the history…");
    host.replaceChildren(this.#slider, this.#readout);
    this.#slider.addEventListener("pointermove", (event) => moved(this.#momentAt(event)));
    this.#slider.addEventListener("pointerdown", (event) => moved(this.#momentAt(event)));
    this.#slider.addEventListener("pointerleave", () => moved(null));
    this.#slider.addEventListener("blur", () => moved(null));
    this.#slider.addEventListener("focus", () => {
      if (this.#slider.matches(":focus-visible")) moved(this.#points.at(-1)?.at ?? null);
    });
    this.#slider.addEventListener("keydown", (event) => this.#step(event, moved));
    new ResizeObserver(() => this.draw()).observe(this.#slider);
  }

  /** Set the data of /ucf/history, or a message to show instead. */
  show(data, words) {
    this.#data = data;
    this.#host.classList.toggle("empty", !data);
    if (!data) {
      this.#points = [];
      this.#picture.replaceChildren();
      setText(this.#readout, words);
    }
    this.draw();
  }

  /** Redraw; `now` is the current value at the end of the line. */
  draw(now = this.#data?.now) {
    const data = this.#data;
    const width = Math.floor(this.#slider.clientWidth);
    const height = Math.floor(this.#slider.clientHeight);
    if (!data || width < 80 || height < 60) return;
    data.now = now;
    const until = Math.max(data.until, Date.now());
    this.#points = data.points.map((point) => ({ ...point }));
    if (now !== undefined) this.#points.push({ at: until, mean: now, low: now, high: now });
    const known = this.#points.filter((point) => point.mean !== null);
    if (!known.length) {
      this.show(null, "No data in this period.");
      return;
    }
    const [from, to] = domain(known.flatMap((point) => [point.low, point.high]), this.#bounds.low, this.#bounds.high);
    const right = width - RIGHT;
    const bottom = height - BOTTOM;
    this.#scale = {
      since: data.since, until, width, height, right, bottom,
      x: (at) => LEFT + ((at - data.since) / (until - data.since)) * (right - LEFT),
      y: (value) => bottom - ((value - from) / (to - from)) * (bottom - TOP),
    };
    this.#picture.setAttribute("width", width);
    this.#picture.setAttribute("height", height);
    this.#picture.replaceChildren(
      ...this.#zones(from, to), ...this.#axes(from, to), ...this.#line(known), this.#cursorNode(),
    );
    this.#slider.setAttribute("aria-valuemax", this.#points.length - 1);
    this.point(this.#cursor);
  }

  /** Show the value at a time; null shows a summary instead. */
  point(at) {
    this.#cursor = at;
    if (!this.#points.length) return;
    const index = at === null ? this.#points.length - 1 : this.#indexOf(at);
    const point = this.#seen(index, at);
    const words = this.#word(point);
    this.#slider.setAttribute("aria-valuenow", Math.max(0, index));
    this.#slider.setAttribute("aria-valuetext", words);
    setText(this.#readout, at === null ? this.#sum() : words);
    const cursor = find(".cursor", this.#picture);
    cursor.toggleAttribute("hidden", at === null || point.mean === null);
    if (at === null || point.mean === null) return;
    const x = this.#scale.x(point.at);
    cursor.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
    find("circle", cursor).setAttribute("cy", this.#scale.y(point.mean).toFixed(1));
  }

  #zones(from, to) {
    const { goodLow, goodHigh, criticalLow, criticalHigh, low, high } = this.#bounds;
    const zones = [["good", goodLow, goodHigh]];
    if (criticalLow !== null) zones.push(["critical", low, criticalLow]);
    if (criticalHigh !== null) zones.push(["critical", criticalHigh, high]);
    const { y, right } = this.#scale;
    return zones.flatMap(([kind, start, end]) => {
      const [bottom, top] = [Math.max(start, from), Math.min(end, to)];
      if (bottom >= top) return [];
      const box = svg("rect", {
        class: `zone ${kind}`, x: LEFT, width: right - LEFT, y: y(top).toFixed(1), height: (y(bottom) - y(top)).toFixed(1),
      });
      const edges = [start, end].filter((edge) => edge > from && edge < to);
      return [box, ...edges.map((edge) => svg("line", {
        class: `edge ${kind}`, x1: LEFT, x2: right, y1: y(edge).toFixed(1), y2: y(edge).toFixed(1),
      }))];
    });
  }

  #axes(from, to) {
    const { x, y, right, since, until, width, height } = this.#scale;
    const nodes = [];
    for (const { at, label } of valueTicks(from, to)) {
      nodes.push(svg("line", { class: "grid", x1: LEFT, x2: right, y1: y(at).toFixed(1), y2: y(at).toFixed(1) }));
      nodes.push(svg("text", { class: "tick", x: LEFT - 6, y: (y(at) + 3.5).toFixed(1), "text-anchor": "end" }, label));
    }
    for (const { at, label } of timeTicks(since, until, Math.max(2, Math.floor(width / 62)))) {
      const place = x(at);
      if (place < LEFT + 12 || place > right - 12) continue;
      nodes.push(svg("text", { class: "tick", x: place.toFixed(1), y: height - 4, "text-anchor": "middle" }, label));
    }
    return nodes;
  }

  #line(known) {
    const { x, y } = this.#scale;
    let path = "";
    let before = null;
    for (const point of this.#points) {
      if (point.mean !== null) {
        const place = `${x(point.at).toFixed(1)} ${y(point.mean).toFixed(1)}`;
        // A value holds until the next change, so the line has steps.
        if (before !== null && this.#data.exact) path += `L${x(point.at).toFixed(1)} ${y(before).toFixed(1)}`;
        path += `${before === null ? "M" : "L"}${place}`;
      }
      before = point.mean;
    }
    const top = known.map((point) => `${x(point.at).toFixed(1)} ${y(point.high).toFixed(1)}`);
    const low = known.map((point) => `${x(point.at).toFixed(1)} ${y(point.low).toFixed(1)}`).reverse();
    const last = known.at(-1);
    return [
      svg("path", { class: "spread", d: `M${top.join("L")}L${low.join("L")}Z` }),
      svg("path", { class: "line", d: path }),
      svg("circle", { class: "end", cx: x(last.at).toFixed(1), cy: y(last.mean).toFixed(1), r: 3 }),
    ];
  }

  #cursorNode() {
    return svg(
      "g",
      { class: "cursor", hidden: true },
      svg("line", { y1: TOP, y2: this.#scale.bottom }),
      svg("circle", { r: 3.5 }),
    );
  }

  #word(point) {
    const when = momentIn(this.#scale.until - this.#scale.since, point.at);
    if (point.mean === null) return `${when}: no data`;
    const range = point.high - point.low >= 0.0005 ? ` (${point.low.toFixed(3)}–${point.high.toFixed(3)})` : "";
    return `${when}: ${point.mean.toFixed(3)}${range}`;
  }

  #sum() {
    const known = this.#points.filter((point) => point.mean !== null);
    const low = Math.min(...known.map((point) => point.low));
    const high = Math.max(...known.map((point) => point.high));
    const words = low === high ? `unchanged at ${low.toFixed(3)}` : `${low.toFixed(3)} – ${high.toFixed(3)}`;
    return `${this.#data.label}: ${words}`;
  }

  #momentAt(event) {
    if (!this.#scale) return null;
    const share = (event.clientX - this.#picture.getBoundingClientRect().left - LEFT) / (this.#scale.right - LEFT);
    return this.#scale.since + Math.min(1, Math.max(0, share)) * (this.#scale.until - this.#scale.since);
  }

  /** The index of the last point before a time; -1 if there is none. */
  #indexOf(at) {
    return this.#points.findLastIndex((point) => point.at <= at);
  }

  /** The point at a time; between two changes it has that time and the value of the earlier change. */
  #seen(index, at) {
    const point = this.#points[index] ?? { mean: null, low: null, high: null };
    return this.#data.exact && at !== null ? { ...point, at } : point;
  }

  #step(event, moved) {
    const last = this.#points.length - 1;
    if (last < 0) return;
    // The last point is now, so each drawing moves it on while the cursor keeps its time.
    const cursor = this.#cursor ?? this.#points[last].at;
    const before = this.#points.findLastIndex((point) => point.at < cursor);
    const after = this.#indexOf(cursor) + 1;
    const further = Math.max(1, Math.round(last / 10)) - 1;
    const next = {
      ArrowLeft: before, ArrowDown: before, ArrowRight: after, ArrowUp: after,
      PageDown: before - further, PageUp: after + further, Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") moved(null);
    if (next === undefined) return;
    event.preventDefault();
    moved(this.#points[Math.min(last, Math.max(0, next))].at);
  }
}
