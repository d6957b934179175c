// The six numbers: value, judgement, trend, and where in its range each one lies.

import { find, findAll, flash, setIcon, setText } from "./dom.js";

const TRENDS = { up: "↑ rising", down: "↓ falling", steady: "→ steady" };

/** The bounds that the server wrote on a panel. */
export function boundsOf(panel) {
  const read = (key) => (key in panel.dataset ? Number(panel.dataset[key]) : null);
  return {
    low: read("low"), high: read("high"),
    goodLow: read("goodLow"), goodHigh: read("goodHigh"),
    criticalLow: read("criticalLow"), criticalHigh: read("criticalHigh"),
  };
}

/** How a value is judged; the same rule as the server's (state/models.py). */
export function judge(bounds, value) {
  if (bounds.criticalLow !== null && value < bounds.criticalLow) return "critical";
  if (bounds.criticalHigh !== null && value > bounds.criticalHigh) return "critical";
  return value >= bounds.goodLow && value <= bounds.goodHigh ? "good" : "fair";
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
  model.on("status", () => {
    for (const item of panels) setText(item.trend, TRENDS[model.status?.trends?.[item.name]] ?? "");
  });
}
