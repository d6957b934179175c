// Open alerts, newest first.

import { el, find, icon, setText } from "./dom.js";
import { time } from "./format.js";

export function showAlerts(model, { say }) {
  const panel = find("#alerts");
  const list = find("ul", panel);
  let known = null;
  model.on("alerts", () => {
    const alerts = [...model.alerts.values()].sort((a, b) => b.since.localeCompare(a.since));
    list.replaceChildren(...alerts.map(item));
    // A scrolling list must be reachable by keyboard.
    if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
    else list.removeAttribute("tabindex");
    setText(find(".count", panel), alerts.length ? `${alerts.length} open` : "");
    const fresh = known && alerts.filter((alert) => !known.has(alert.key));
    if (fresh?.length) say(`Alert: ${fresh[0].summary}`);
    known = new Set(alerts.map((alert) => alert.key));
  });
}

function item(alert) {
  const words = [alert.severity, alert.status === "open" ? null : alert.status, alert.key].filter(Boolean);
  return el(
    "li",
    { "data-severity": alert.severity },
    icon(alert.severity),
    el("div", {}, el("strong", {}, alert.summary), el("small", {}, `${words.join(" · ")} · `, time(alert.since))),
  );
}
