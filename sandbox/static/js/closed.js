// What stands in place of the message box where nothing can be written, with the way on.

import { el, icon } from "./dom.js";

/**
 * Draws the words, and leaves them alone where they say it already: a button in them may have the focus.
 * @param {HTMLElement} node
 * @param {object|null} why what `whyClosed` gives
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
