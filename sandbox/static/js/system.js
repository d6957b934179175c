// System messages: names, joins, pins, threads.

import { el } from "./dom.js";
import { REPLY } from "./lead.js";
import { plainText } from "./markdown.js";
import { idTime, timeElement } from "./time.js";

const RENAMED = 4;
const PIN = 6;
const JOIN = 7;
const THREAD_STARTED = 18;
const THREAD_BEGIN = 21;
/** Types with content: by a person (0, 19) or a command (20, 23); all others are system messages. */
export const SPOKEN = new Set([0, REPLY, 20, 23]);

/** The text of a system message after its author's name. */
export function noticeWords(message, names) {
  switch (message.type) {
    case RENAMED:
      return `changed the name to ${message.content}`;
    case PIN:
      return "pinned a message";
    case JOIN:
      return "joined the server";
    case THREAD_STARTED:
      return `started the thread ${message.content}`;
    case THREAD_BEGIN:
      return `wrote the first message of this thread: ${plainText(message.referenced_message?.content ?? "", names)}`;
    default:
      return "caused an event that is not supported here";
  }
}

/** The line of a system message, with a link to its subject. */
export function renderNotice(message, desk) {
  const { store } = desk;
  const reference = message.message_reference;
  const words = noticeWords(message, desk.names);
  const go = {
    [PIN]: () => desk.jumpTo(reference.message_id),
    [THREAD_STARTED]: () => desk.open(reference.channel_id),
    [THREAD_BEGIN]: () => desk.goTo(reference.channel_id, reference.message_id),
  }[message.type];
  const name = el("span", { class: "author", text: store.nameOf(message.author) });
  const colour = store.colourOf(message.author.id);
  if (colour !== null) name.style.setProperty("--role", colour);
  return el(
    "p",
    null,
    name,
    " ",
    go ? el("button", { type: "button", class: "text-button", text: words, on: { click: go } }) : words,
    " ",
    timeElement(new Date(idTime(message.id)), "R"),
  );
}
