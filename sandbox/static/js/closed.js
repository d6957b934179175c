// Replaces the message box where the person cannot write, with links to where they can.

import { el, icon } from "./dom.js";

/**
 * Draws the notice. An unchanged notice is not redrawn, because its button may have the focus.
 * @param {HTMLElement} node
 * @param {object|null} why the result of `whyClosed`
 * @param {object} desk `join(guild)`, `open(channelId)`
 */
export function drawClosed(node, why, desk) {
  const says = JSON.stringify(why && [why.text, why.servers.map((guild) => guild.id), why.channel?.id]);
  node.hidden = why === null;
  if (node.dataset.says === says) return;
  node.dataset.says = says;
  node.replaceChildren(...(why === null ? [] : words(why, desk)));
}

function words({ text, servers, channel }, desk) {
  const joins = servers.map((guild) => button(`Join ${guild.name}`, () => desk.join(guild)));
  const place = channel?.name ? `#${channel.name}` : "your direct messages";
  const go = channel === null ? [] : [button(`Go to ${place}`, () => desk.open(channel.id))];
  return [icon("lock"), el("span", { text }), ...joins, ...go];
}

function button(text, click) {
  return el("button", { type: "button", class: "button button-secondary", text, on: { click } });
}
