// The line above a message: the command that was used, or the message that it replies to.

import { el, icon } from "./dom.js";
import { plainText } from "./markdown.js";

/** Discord's message type for a reply. */
export const REPLY = 19;

/** The name of the slash command that a message responds to, or null. */
export function interactionOf(message) {
  const used = message.interaction_metadata ?? message.interaction ?? null;
  return used !== null && used.type === 2 ? used : null;
}

/** "Somebody used /name", or null. */
export function commandLine(message, store) {
  const used = interactionOf(message);
  if (used === null) return null;
  const name = used.name ?? message.interaction?.name;
  return el(
    "p",
    { class: "message-above" },
    icon("bolt"),
    used.user ? store.nameOf(used.user) : "Someone",
    " used ",
    el("b", { text: name ? `/${name}` : "a command" }),
  );
}

/** A link to the message that this one replies to, or null. */
export function replyLine(message, desk) {
  if (message.type !== REPLY) return null;
  const target = message.referenced_message;
  if (!target) return el("p", { class: "message-above" }, icon("reply"), "The original message was deleted");
  const words = plainText(target.content || target.embeds?.[0]?.title || "", desk.names);
  const rest = target.embeds?.length ? "an embed" : "an attachment";
  const jump = { click: () => desk.jumpTo(target.id) };
  return el(
    "p",
    { class: "message-above" },
    icon("reply"),
    el(
      "button",
      {
        type: "button",
        class: "jump",
        on: jump,
        "aria-label": `In reply to ${desk.store.nameOf(target.author)}: go to the message`,
      },
      el("b", { text: desk.store.nameOf(target.author) }),
      el("span", { text: words || rest }),
    ),
  );
}
