// The six values: value, judgement, trend and gauge.

import { find, findAll, flash, setIcon, setText } from "./dom.js";
import { ago } from "./format.js";

const STEADY_SHARE = 0.01;
const TRENDS = { up: "↑ rising", down: "↓ falling", steady: "→ steady" };

/** The limits in a panel's data attributes. */
export function boundsOf(panel) {
  const read = (key) => (key in panel.dataset ? Number(panel.dataset[key]) : null);
  return {
    low: read("low"), high: read("high"),
    goodLow: read("goodLow"), goodHigh: read("goodHigh"),
    criticalLow: read("criticalLow"), criticalHigh: read("criticalHigh"),
  };
}

/** The judgement of a value, by the same rule as on the server (state/models.py). */
export function judge(bounds, value) {
  if (bounds.criticalLow !== null && value < bounds.criticalLow) return "critical";
  if (bounds.criticalHigh !== null && value > bounds.criticalHigh) return "critical";
  return value >= bounds.goodLow && value <= bounds.goodHigh ? "good" : "fair";
}

/** The trend from `from`, the first value of a period with this label; the server's rule (state/status/__init__.py). */
export function trendWords(bounds, from, now, label) {
  const moved = now - from;
  const steady = Math.abs(moved) < STEADY_SHARE * (bounds.high - bounds.low);
  return `${TRENDS[steady ? "steady" : moved > 0 ? "up" : "down"]}, ${label}`;
}

/** The trend beside a value: over the chart's period, else the one from the server. */
function trendOf({ name, bounds }, model) {
  const span = model.spans.get(name);
  const now = model.ucf[name];
  if (span && now !== undefined) return trendWords(bounds, span.from, now, span.label);
  const { trends, trends_since: since } = model.status ?? {};
  if (!(trends?.[name] in TRENDS)) return "";
  return `${TRENDS[trends[name]]}, ${since ? `since ${ago(Date.parse(since))}` : "1 h"}`;
}

export function showMetrics(model) {
  const panels = findAll(".metric").map((panel) => ({
    panel,
    name: panel.dataset.metric,
    bounds: boundsOf(panel),
    value: find(".value", panel),
    judgement: find(".judgement", panel),
    trend: find(".trend", panel),
    mark: find(".mark", panel),
  }));
  model.on("ucf", () => {
    for (const item of panels) {
      const value = model.ucf[item.name];
      if (value === undefined) continue;
      const known = item.value.textContent !== "–";
      if (setText(item.value, value.toFixed(3)) && known) flash(item.value);
      const verdict = judge(item.bounds, value);
      item.panel.dataset.judgement = verdict;
      setText(find("span", item.judgement), verdict);
      setIcon(item.judgement, verdict);
      const share = (value - item.bounds.low) / (item.bounds.high - item.bounds.low);
      item.mark.setAttribute("x", `${100 * share}%`);
    }
  });
  const showTrends = () => panels.forEach((item) => setText(item.trend, trendOf(item, model)));
  for (const topic of ["status", "ucf", "spans"]) model.on(topic, showTrends);
}
