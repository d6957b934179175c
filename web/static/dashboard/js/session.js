// Signing in: asks for the token once; the server then sets a session cookie.

import { address } from "./address.js";
import { find, setText } from "./dom.js";

/** `opened`: called after signing in. Returns `ask()`. */
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
  // Escape does not close the dialog, because there is nothing to see without the token.
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
  if (answer.status === 401) return "This token is wrong.";
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? `The server answered ${answer.status}.`;
}
