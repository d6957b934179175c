// The most used commands, with their number of uses and response times.

import { el, find, setText, table } from "./dom.js";
import { brief, ms } from "./format.js";

export function showCommands(model) {
  const panel = find("#commands");
  const body = find(".body", panel);
  let shown = "";
  model.on("pulse", () => {
    const commands = model.pulse?.commands;
    const told = JSON.stringify(commands);
    if (!commands || told === shown) return;
    shown = told;
    const failed = commands.errors ? `, ${brief(commands.errors)} failed` : "";
    setText(find(".count", panel), `${brief(commands.total)} since startup${failed}`);
    const most = Math.max(1, ...commands.top.map((command) => command.count));
    const rows = commands.top.map((command) => row(command, most));
    body.replaceChildren(
      rows.length
        ? table("Commands by use", [["Command"], ["Uses", "number"], ["p95", "number"]], rows)
        : el("p", { class: "quiet" }, "No command has been used since startup."),
    );
  });
}

function row(command, most) {
  const bar = el("i", { class: "share-bar" });
  bar.style.width = `${(100 * command.count) / most}%`;
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: "barred" }, bar, el("span", {}, `!${command.name}`)),
    el("td", { class: "number" }, brief(command.count)),
    el("td", { class: "number soft" }, ms(command.p95_ms)),
  );
}
