// The fourteen agents, in the list and as rungs of the helix.

import { find, findAll, setIcon, setText } from "./dom.js";

export function showAgents(model) {
  const rows = new Map(findAll("[data-agent]").map((row) => [row.dataset.agent, row]));
  const rungs = new Map(findAll("[data-rung]").map((rung) => [rung.dataset.rung, rung]));
  const count = find("#agents .count");
  model.on("agents", () => {
    for (const agent of model.agents.values()) {
      const row = rows.get(agent.name);
      if (!row) continue;
      row.dataset.status = agent.status;
      setIcon(row, agent.status);
      setText(find(".state span", row), agent.status);
      const detail = agent.task || agent.detail || agent.subsystem;
      setText(find(".detail", row), detail);
      find(".detail", row).title = detail;
      rungs.get(agent.name)?.setAttribute("data-status", agent.status);
    }
    const all = [...model.agents.values()];
    setText(count, `${all.filter((agent) => agent.status === "active").length} of ${all.length} active`);
  });
}
