// Draws a message.

import { avatar, botTag } from "./avatar.js";
import { emojiText, renderComponents } from "./components.js";
import { el, icon } from "./dom.js";
import { renderAttachment, renderEmbed } from "./embed.js";
import { commandLine, interactionOf, REPLY, replyLine } from "./lead.js";
import { renderMarkdown } from "./markdown.js";
import { renderNotice, SPOKEN } from "./system.js";
import { isWebhook } from "./store.js";
import { formatDate, formatMoment, idTime, timeElement } from "./time.js";
import { emojiKey } from "./timeline.js";
import { toolbar } from "./toolbar.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const GROUP_MS = 7 * 60 * 1000;

export const isEphemeral = (message) => (message.flags & EPHEMERAL) !== 0;

/** Whether a message continues the one before: same author, soon after, no line above it. */
export function continues(message, before) {
  return (
    before !== null &&
    SPOKEN.has(message.type) &&
    SPOKEN.has(before.type) &&
    before.author.id === message.author.id &&
    before.author.username === message.author.username &&
    before.author.avatar === message.author.avatar &&
    message.type !== REPLY &&
    !interactionOf(message) &&
    isEphemeral(before) === isEphemeral(message) &&
    idTime(message.id) - idTime(before.id) < GROUP_MS
  );
}

/**
 * The article of a message.
 * @param {object} message in Discord's shape
 * @param {object} desk the actions, see `desk.js`
 * @param {boolean} continued whether it continues the author's last one, without a header
 */
export function renderMessage(message, desk, continued) {
  const { store } = desk;
  const node = el("article", {
    class: "message",
    id: `message-${message.id}`,
    tabindex: "-1",
    dataset: { id: message.id, author: message.author.id },
    "aria-label": `${store.nameOf(message.author)}, ${formatMoment(new Date(idTime(message.id)))}`,
  });
  node.classList.toggle("is-continued", continued);
  node.classList.toggle("is-ephemeral", isEphemeral(message));
  node.classList.toggle("is-mention", mentionsMe(message, store));
  if (!SPOKEN.has(message.type)) {
    node.classList.add("is-notice");
    node.append(renderNotice(message, desk));
    return node;
  }
  const body = el("div", { class: "message-body" });
  if (!continued) {
    const above = replyLine(message, desk) ?? commandLine(message, store);
    if (above !== null) node.append(above);
    body.append(head(message, desk));
  } else if (message.pinned) body.append(pinMark());
  node.append(
    continued ? gutterTime(message) : avatar(message.author),
    body,
  );
  body.append(...content(message, desk));
  if ((message.flags & LOADING) === 0) node.append(toolbar(message, desk));
  return node;
}

function mentionsMe(message, store) {
  if (message.author.id === store.me.id) return false;
  if (message.mention_everyone) return true;
  const mine = store.member(store.me.id)?.roles ?? [];
  const named = (message.mentions ?? []).some((user) => user.id === store.me.id);
  return named || (message.mention_roles ?? []).some((role) => mine.includes(role));
}

function gutterTime(message) {
  const text = formatDate(new Date(idTime(message.id)), "t");
  return el("span", { class: "gutter-time", text, "aria-hidden": "true" });
}

function nameElement(user, desk) {
  const { store } = desk;
  // A webhook has no profile.
  if (isWebhook(user)) return el("span", { class: "author", text: user.username });
  const node = el("button", {
    type: "button",
    class: "author",
    text: store.nameOf(user),
    title: `@${user.username}`,
    "aria-haspopup": "dialog",
    on: { click: () => desk.showUser(user, node) },
  });
  const colour = store.colourOf(user.id);
  if (colour !== null) node.style.setProperty("--role", colour);
  return node;
}

function head(message, desk) {
  const time = timeElement(new Date(idTime(message.id)), "f");
  time.textContent = formatMoment(new Date(idTime(message.id)));
  return el(
    "header",
    { class: "message-head" },
    nameElement(message.author, desk),
    message.author.bot ? botTag(message.author) : null,
    time,
    message.pinned ? pinMark() : null,
  );
}

function pinMark() {
  return el(
    "span",
    { class: "pin-mark", title: "Pinned" },
    icon("pin"),
    el("span", { class: "sr-only", text: "Pinned" }),
  );
}

function content(message, desk) {
  if ((message.flags & LOADING) !== 0 && !message.content && !message.embeds?.length) {
    return [thinking(), ...underneath(message, desk)];
  }
  const parts = [];
  if (message.content) {
    const text = el("div", { class: "markdown message-text" }, renderMarkdown(message.content, desk.names));
    if (message.edited_timestamp) {
      const edited = el(
        "span",
        { class: "edited", text: "(edited)", title: formatMoment(new Date(message.edited_timestamp)) },
      );
      const last = text.lastElementChild;
      if (last?.classList.contains("paragraph")) last.append(" ", edited);
      else text.append(edited);
    }
    parts.push(text);
  }
  for (const attachment of message.attachments ?? []) parts.push(renderAttachment(attachment));
  for (const embed of message.embeds ?? []) parts.push(renderEmbed(embed, desk.names));
  if (!message.content && message.edited_timestamp) {
    parts.push(el("span", { class: "edited", text: "(edited)" }));
  }
  if (message.components?.length) parts.push(...renderComponents(message, desk));
  return [...parts, ...underneath(message, desk)];
}

/** Three dots for a pending answer. */
export function thinking() {
  return el(
    "p",
    { class: "thinking" },
    el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
    "thinking…",
  );
}

function underneath(message, desk) {
  const parts = [];
  const failure = desk.pending.failureOf(message.id);
  if (failure) {
    parts.push(
      el(
        "p",
        { class: "failure", role: "alert", text: failure.message || "The application did not respond" },
      ),
    );
  }
  if (message.reactions?.length) parts.push(reactions(message, desk));
  if (message.thread) parts.push(threadLink(message.thread, desk));
  if (isEphemeral(message)) {
    const dismiss = el(
      "button",
      {
        type: "button",
        class: "text-button",
        text: "Dismiss",
        on: { click: () => desk.dismiss(message.id) },
      },
    );
    parts.push(el("p", { class: "private-note" }, icon("eye"), "Only you can see this", " · ", dismiss));
  }
  return parts;
}

/** A link to the thread that was started from a message, with its current name. */
function threadLink(thread, desk) {
  const current = desk.store.channelById(thread.id) ?? thread;
  return el(
    "button",
    { type: "button", class: "thread-link", on: { click: () => desk.open(thread.id) } },
    icon("thread"),
    el("b", { text: current.name }),
    el("span", { text: "Open thread" }),
  );
}

function reactions(message, desk) {
  const chips = message.reactions.map((reaction) =>
    el(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(reaction.me === true),
        "aria-label": `${emojiText(reaction.emoji)}, ${reaction.count}`,
        dataset: { customId: `reaction:${emojiKey(reaction.emoji)}` },
        on: { click: () => desk.react(message, emojiKey(reaction.emoji), reaction.me === true) },
      },
      el("span", { class: "emoji", text: emojiText(reaction.emoji) }),
      el("span", { class: "count", text: String(reaction.count) }),
    ),
  );
  return el("div", { class: "reactions" }, ...chips);
}
