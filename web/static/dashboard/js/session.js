// The token of a server that is closed to the public: asked for once, kept by the server as a cookie.

import { address } from "./address.js";
import { find, setText } from "./dom.js";

/** `opened`: called once the token has been taken. Gives `ask()`. */
export function setUpSession(opened) {
  const dialog = find("#session");
  const form = find("form", dialog);
  const token = find("input", form);
  const error = find(".error", form);
  const leave = find("#leave");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText(error, "");
    const answer = await post(token.value).catch(() => null);
    if (answer?.ok) {
      token.value = "";
      dialog.close();
      if (leave) leave.hidden = false;
      opened();
      return;
    }
    setText(error, answer ? await reason(answer) : "The server cannot be reached.");
    token.setAttribute("aria-invalid", "true");
    token.select();
  });
  // Without the token there is nothing to see, so Escape does not close it.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  leave?.addEventListener("click", async () => {
    await fetch(address("session"), { method: "DELETE" }).catch(() => null);
    location.reload();
  });
  if (leave && document.documentElement.dataset.reader === "session") leave.hidden = false;

  return () => {
    if (!dialog.open) dialog.showModal();
    token.focus();
  };
}

const post = (token) =>
  fetch(address("session"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });

async function reason(answer) {
  if (answer.status === 401) return "This token does not open this server.";
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? `The server answered ${answer.status}.`;
}
