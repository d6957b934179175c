// The current identity, and the menu to change it.

import { avatar } from "./avatar.js";
import { el, icon } from "./dom.js";

/** Descriptions of the seeded identities. */
const RIGHTS = {
  owner: "Owns the bot and the home server",
  admin: "Administrator of the home server",
  mod: "Manages the home server",
  member: "No special rights",
  "visitor-admin": "Administrator, but of another server",
  newcomer: "Not in a server until they join one",
};

/**
 * Draws the identity card and its menu.
 * @param {{card: HTMLElement, menu: HTMLElement}} parts
 * @param {object} store
 * @param {object} acts `become(identity)`, `join(guild)`, `leave(guild)`
 */
export function drawIdentity({ card, menu }, store, acts) {
  const mine = store.identities.find((identity) => identity.user === store.me.id);
  card.replaceChildren(
    avatar(store.me),
    el(
      "span",
      { class: "identity-words" },
      el("span", { class: "identity-small", text: "Acting as" }),
      el("span", { class: "identity-name", text: mine?.label ?? store.me.username }),
    ),
    icon("chevron"),
  );
  card.setAttribute("aria-label", `Acting as ${mine?.label ?? store.me.username}: change`);
  const people = store.identities.map(
    (identity) => person(identity, identity.user === store.me.id, menu, acts),
  );
  const joins = store.elsewhere.map((guild) => button(`Join ${guild.name}`, menu, () => acts.join(guild)));
  const leaves = store.guilds.filter((guild) => guild.owner_id !== store.me.id).map(
    (guild) => button(`Leave ${guild.name}`, menu, () => acts.leave(guild)),
  );
  menu.replaceChildren(
    el("h2", { class: "menu-title", text: "Act as" }),
    ...people,
    joins.length + leaves.length > 0 ? el("h2", { class: "menu-title", text: "Servers" }) : "",
    ...joins,
    ...leaves,
  );
}

function person(identity, current, menu, acts) {
  const act = () => {
    menu.hidePopover();
    if (!current) acts.become(identity);
  };
  return el(
    "button",
    {
      type: "button",
      class: "menu-item",
      "aria-pressed": String(current),
      dataset: { identity: identity.name },
      on: { click: act },
    },
    el(
      "span",
      { class: "menu-words" },
      el("span", { class: "option-name", text: identity.label }),
      el("span", { class: "option-text", text: RIGHTS[identity.name] ?? identity.name }),
    ),
    current ? icon("check") : null,
  );
}

function button(text, menu, act) {
  const click = () => {
    menu.hidePopover();
    act();
  };
  return el("button", { type: "button", class: "menu-item", on: { click } }, el("span", { text }));
}
