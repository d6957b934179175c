// The charts of the six values, from /ucf/history, with a shared range and cursor.

import { address } from "./address.js";
import { momentIn } from "./axes.js";
import { Chart } from "./chart.js";
import { el, find, findAll, table } from "./dom.js";
import { boundsOf } from "./metrics.js";

const RANGES = {
  "1h": { points: 60, label: "1 h", everyMs: 60e3 },
  "24h": { points: 96, label: "24 h", everyMs: 120e3 },
  "7d": { points: 112, label: "7 d", everyMs: 600e3 },
  "30d": { points: 120, label: "30 d", everyMs: 600e3 },
};
const ROWS = 24;
const DRAW_EVERY_MS = 500;
const SHORTEST_MS = 60e3;

export function showHistory(model, { refused }) {
  const ranges = find("#ranges");
  const details = find("#history");
  const charts = new Map();
  let range = "24h";
  let series = null;
  let askedAt = 0;
  let asking = 0;

  for (const panel of findAll(".metric")) {
    const name = panel.dataset.metric;
    const moved = (at) => charts.forEach((chart) => chart.point(at));
    charts.set(name, new Chart(find(".plot", panel), { name, bounds: boundsOf(panel), moved }));
  }
  ranges.hidden = false;
  details.hidden = false;
  // A browser may restore the choice after a reload.
  range = find("input:checked", ranges)?.value ?? range;

  async function ask() {
    const mine = ++asking;
    askedAt = Date.now();
    const { points, label } = RANGES[range];
    let words = "The history is not available now. It will be loaded again.";
    try {
      const response = await fetch(address(`ucf/history?since=${range}&points=${points}`), { cache: "no-cache" });
      if (response.status === 401) refused();
      if (mine !== asking) return;
      if (response.ok) {
        const answer = await response.json();
        if (mine === asking) take(answer, label);
        return;
      }
    } catch {
      words = "The history could not be loaded.";
    }
    // Keep what is drawn; only an empty chart shows the message.
    if (mine === asking && !series) charts.forEach((chart) => chart.show(null, words));
  }

  function take(answer, label) {
    series = answer;
    const since = beginning(answer);
    const short = since - Date.parse(answer.since) > (Date.parse(answer.until) - since) / 20;
    const shown = short ? `since ${momentIn(Date.now() - since, since)}` : label;
    const spans = new Map();
    for (const [name, chart] of charts) {
      const { points = [], exact = false } = answer.series[name] ?? {};
      const first = points.find((point) => point.mean !== null);
      if (first) spans.set(name, { from: first.mean, label: shown });
      chart.show({
        since, until: Date.parse(answer.until), exact, now: model.ucf[name], label: shown,
        points: points.map((point) => ({ ...point, at: Date.parse(point.at) })),
      });
    }
    model.setSpans(spans);
    fillTable();
  }

  function fillTable() {
    if (!details.open || !series) return;
    const names = [...charts.keys()];
    const since = beginning(series);
    const until = Date.parse(series.until);
    const rows = Array.from({ length: ROWS + 1 }, (_, row) => {
      const at = until - (row * (until - since)) / ROWS;
      const cells = names.map((name) => valueAt(series.series[name]?.points ?? [], at));
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, momentIn(until - since, at)),
        ...cells.map((value) => el("td", { class: "number" }, value?.toFixed(3) ?? "–")),
      );
    });
    const heads = [["Time"], ...names.map((name) => [name, "number"])];
    find(".scroll", details).replaceChildren(table(`History of the last ${RANGES[range].label}`, heads, rows));
  }

  ranges.addEventListener("change", (event) => {
    range = event.target.value;
    ask();
  });
  details.addEventListener("toggle", fillTable);
  // Numbers update at once; lines when the browser is idle, at most twice a second.
  let planned = 0;
  model.on("ucf", () => {
    planned ||= setTimeout(() => {
      planned = 0;
      charts.forEach((chart, name) => chart.draw(model.ucf[name]));
    }, DRAW_EVERY_MS);
  });
  model.on("snapshot", ask);
  model.on("pulse", () => {
    if (askedAt && Date.now() - askedAt > RANGES[range].everyMs) ask();
  });
}

/** Where the charts begin: at the requested time, or at the first record if that is later. */
function beginning(answer) {
  const firsts = Object.values(answer.series).map((one) => one.points.find((point) => point.mean !== null)?.at);
  const first = Math.min(...firsts.map((at) => Date.parse(at ?? answer.until)));
  return Math.max(Date.parse(answer.since), Math.min(first, Date.parse(answer.until) - SHORTEST_MS));
}

/** The last known value at a time; undefined or null if there is none. */
const valueAt = (points, at) => points.findLast((point) => Date.parse(point.at) <= at)?.mean;
