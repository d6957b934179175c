// The members, grouped by their highest role.

import { avatar, botTag } from "./avatar.js";
import { el } from "./dom.js";

const ONLINE = { name: "Online", position: -1, id: "0" };
const OFFLINE = { name: "Offline", position: -2, id: "0" };

/** Draws the members of the open server, or the two of a direct message; `showUser(user, anchor)` opens a profile. */
export function drawMembers(node, store, showUser) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.user : null;
  node.replaceChildren(...groupsOf(store).map(([title, members]) => group(title, members, store, showUser)));
  if (focused) [...node.querySelectorAll("button")].find((row) => row.dataset.user === focused)?.focus();
}

/** [[title, members]]: hoisted roles from the highest, then members without one, then offline members. */
function groupsOf(store) {
  if (store.guild === null) {
    const people = [store.me, store.bot.user].filter(Boolean).map(
      (user) => ({ user, roles: [], presence: user.bot && !store.bot.connected ? "offline" : "online" }),
    );
    return [["In this conversation", people]];
  }
  const groups = new Map();
  for (const member of store.guild.members) {
    const role = store.rolesOf(member).find((candidate) => candidate.hoist);
    const key = isOnline(member) ? (role ?? ONLINE) : OFFLINE;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(member);
  }
  const roles = [...groups.keys()].sort((a, b) => b.position - a.position || (a.id < b.id ? -1 : 1));
  return roles.map((role) => [role.name, groups.get(role)]);
}

function isOnline(member) {
  return member.presence !== "offline";
}

function group(title, members, store, showUser) {
  const sorted = [...members].sort((a, b) => store.nameOf(a.user).localeCompare(store.nameOf(b.user)));
  return el(
    "section",
    { class: "member-group" },
    el("h3", { text: `${title} · ${members.length}` }),
    el("ul", null, ...sorted.map((member) => row(member, store, showUser))),
  );
}

function row(member, store, showUser) {
  const roles = store.rolesOf(member);
  const owner = store.guild?.owner_id === member.user.id;
  const name = el("span", { class: "author", text: store.nameOf(member.user) });
  const colour = store.colourOf(member.user.id);
  if (colour !== null) name.style.setProperty("--role", colour);
  const notes = [owner ? "server owner" : null, ...roles.map((role) => role.name)].filter(Boolean);
  const person = el(
    "button",
    {
      type: "button",
      class: isOnline(member) ? "member" : "member is-offline",
      "aria-haspopup": "dialog",
      dataset: { user: member.user.id },
      on: { click: () => showUser(member.user, person) },
    },
    el(
      "span",
      { class: "member-picture" },
      avatar(member.user),
      el("span", { class: "presence", role: "img", "aria-label": isOnline(member) ? "online" : "offline" }),
    ),
    el(
      "span",
      { class: "member-words" },
      el("span", { class: "member-name" }, name, member.user.bot ? botTag() : null),
      notes.length > 0 ? el("span", { class: "member-roles", text: notes.join(", ") }) : null,
    ),
  );
  return el("li", null, person);
}
