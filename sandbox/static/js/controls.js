// The menu of test controls: lost connections, refused and slow requests.

import { el } from "./dom.js";

const MESSAGES = "/channels/*/messages";

/** Fills the menu of test controls. */
export function drawControls(menu, desk) {
  const { api } = desk;
  const groups = {
    "The bot's gateway": [
      ["Drop the connection", "The bot resumes without losing events", () => api.gateway({ action: "drop" })],
      ["Ask it to reconnect", "Opcode 7: the bot resumes", () => api.gateway({ action: "reconnect" })],
      [
        "End its session",
        "Opcode 9: the bot identifies again",
        () => api.gateway({ action: "invalid_session", resumable: false }),
      ],
    ],
    "The bot's requests": [
      [
        "Refuse the next 3 messages",
        "500 from the sandbox",
        () => api.fault({ method: "POST", route: MESSAGES, status: 500, times: 3 }),
      ],
      [
        "Rate-limit the next message",
        "429, one second to wait",
        () => api.fault({ method: "POST", route: MESSAGES, status: 429, retry_after_s: 1, times: 1 }),
      ],
      [
        "Delay the next 5 answers",
        "By 4 s, so that the interactions fail",
        () => api.fault({ method: "POST", route: "/interactions/*/callback", delay_s: 4, times: 5 }),
      ],
      ["Back to normal", "Removes all faults", () => api.clearFaults()],
    ],
  };
  for (const [title, entries] of Object.entries(groups)) {
    menu.append(
      el("h2", { class: "menu-title", text: title }),
      ...entries.map((entry) => item(entry, menu, desk)),
    );
  }
}

function item([name, detail, call], menu, desk) {
  const click = async () => {
    menu.hidePopover();
    if ((await desk.attempt(call)) !== null) desk.say(`Done: ${name.toLowerCase()}.`, "calm");
  };
  return el(
    "button",
    { type: "button", class: "menu-item", on: { click } },
    el(
      "span",
      { class: "menu-words" },
      el("span", { class: "option-name", text: name }),
      el("span", { class: "option-text", text: detail }),
    ),
  );
}
