// A person's picture, or a monogram in a colour of their own.

import { el } from "./dom.js";
import { isWebhook } from "./store.js";

/** The avatar of a user: purely decorative, the name always stands beside it. */
export function avatar(user, size = "") {
  const cls = `avatar ${size}`;
  if (user.avatar) {
    return el(
      "img",
      { class: cls, alt: "", loading: "lazy", src: `/cdn/avatars/${user.id}/${user.avatar}.png?size=128` },
    );
  }
  const name = user.global_name || user.username || "?";
  const node = el(
    "span",
    { class: `${cls} monogram`, "aria-hidden": "true", text: [...name][0].toUpperCase() },
  );
  node.style.setProperty("--hue", String(hue(user.username ?? name)));
  return node;
}

/** A steady hue from a name, in degrees; ids change at each start, names do not. */
function hue(name) {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return (sum * 47) % 360;
}

/** The tag that tells programs from people. */
export function botTag(user) {
  return user !== undefined && isWebhook(user)
    ? el("span", { class: "tag", text: "webhook", title: "Written through a webhook" })
    : el("span", { class: "tag", text: "bot", title: "This is an application" });
}
