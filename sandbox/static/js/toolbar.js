// The actions on a message.

import { el, iconButton } from "./dom.js";

const EPHEMERAL = 1 << 6;

/** The buttons of a message that the person may use. */
export function toolbar(message, desk) {
  const tools = el("div", { class: "toolbar", role: "group", "aria-label": "Message actions" });
  if ((message.flags & EPHEMERAL) === 0) {
    const add = iconButton(
      "smile",
      "Add reaction",
      () => desk.chooseReaction(message, add),
      { "aria-haspopup": "listbox" },
    );
    if (desk.mayReact()) tools.append(add);
    if (desk.mayReply()) tools.append(iconButton("reply", "Reply", () => desk.reply(message)));
    if (desk.mayStartThread(message)) {
      tools.append(iconButton("thread", "Start a thread", () => desk.startThread(message)));
    }
    if (desk.mayPin()) {
      const pressed = String(message.pinned === true);
      const props = { "aria-pressed": pressed, dataset: { customId: "tool:pin" } };
      const act = () => desk.pin(message, message.pinned === true);
      tools.append(iconButton("pin", message.pinned ? "Unpin" : "Pin", act, props));
    }
    if (message.author.id === desk.store.me.id) {
      tools.append(iconButton("pencil", "Edit", () => desk.edit(message)));
    }
    if (message.author.id === desk.store.me.id || desk.mayDelete(message)) {
      tools.append(iconButton("trash", "Delete", () => desk.remove(message), { class: "is-danger" }));
    }
  }
  return tools;
}
