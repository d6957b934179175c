// The dashboard: its parts, and the stream that updates them.

import { address } from "./address.js";
import { showAgents } from "./agents.js";
import { showAlerts } from "./alerts.js";
import { showChecks } from "./checks.js";
import { setUpColours } from "./colours.js";
import { showCommands } from "./commands.js";
import { find, findAll } from "./dom.js";
import { refreshTimes } from "./format.js";
import { showHistory } from "./history.js";
import { Link } from "./link.js";
import { showMetrics } from "./metrics.js";
import { Model } from "./model.js";
import { showPromises } from "./promises.js";
import { showRitual } from "./ritual.js";
import { setUpSession } from "./session.js";
import { Stream } from "./stream.js";
import { showSummary } from "./summary.js";
import { showTraffic } from "./traffic.js";
import { showWebhooks } from "./webhooks.js";

const TIMES_EVERY_MS = 5000;

const announcer = find("#announcer");
const say = (words) => {
  announcer.textContent = words;
};
const model = new Model();
const ask = setUpSession(() => {
  link.connecting();
  stream.start();
});
const refused = () => {
  stream.stop();
  link.closed();
  ask();
};
const link = new Link({ say, retry: () => stream.start() });
const stream = new Stream(address("events"), {
  event: (name, data) => model.apply(name, data),
  live: () => link.live(),
  lost: (loss) => link.lost(loss),
  refused,
});

for (const part of findAll(".scripted")) part.hidden = false;
setUpColours();
showMetrics(model);
showSummary(model, { say, refused });
showAgents(model);
showAlerts(model, { say });
showRitual(model);
showChecks(model);
showWebhooks(model);
showTraffic(model);
showCommands(model);
showPromises(model, { refused });
showHistory(model, { refused });

model.on("pulse", () => link.beat());
refreshTimes();
setInterval(refreshTimes, TIMES_EVERY_MS);
// Reconnect at once when the computer wakes up or is back online.
addEventListener("online", () => stream.start());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && document.body.dataset.link === "lost") stream.start();
});
link.connecting();
stream.start();
