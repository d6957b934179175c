// Pending interactions: what was used, and whether the application has answered.

const KEPT_RESULTS = 100;
const SETTLED = new Set(["answered", "deferred", "modal"]);

/**
 * Follows interactions until they are answered. Emits `changed` with the entry, and `modal` if the answer is a
 * form; an entry is `{id, kind, label, channelId, messageId, customId, state: "sent"|"failed", message}`.
 */
export class Pending extends EventTarget {
  #entries = new Map();
  /** Results that arrived before the HTTP response that names their interaction. */
  #early = new Map();

  get entries() {
    return [...this.#entries.values()];
  }

  /** Records an interaction that was sent. */
  add(entry) {
    const early = this.#early.get(entry.id);
    this.#early.delete(entry.id);
    this.#settle({ ...entry, state: "sent", message: null, ...early });
  }

  /** Handles an INTERACTION_RESULT. */
  result({ interaction_id: id, state, message = null, modal = null }) {
    const entry = this.#entries.get(id);
    if (entry) this.#settle({ ...entry, state, message, modal });
    else {
      this.#early.set(id, { state, message, modal });
      if (this.#early.size > KEPT_RESULTS) this.#early.delete(this.#early.keys().next().value);
    }
  }

  /** Records an interaction that was sent and waits for its answer; returns the failure, or null. */
  follow(entry) {
    return new Promise((resolve) => {
      const look = ({ detail }) => {
        if (detail !== null && (detail.id !== entry.id || detail.state === "sent")) return;
        this.removeEventListener("changed", look);
        if (detail?.state === "failed") this.dismiss(entry.id);
        resolve(detail?.state === "failed" ? detail.message : null);
      };
      this.addEventListener("changed", look);
      this.add(entry);
    });
  }

  /** Whether this control of this message waits for an answer. */
  isBusy(messageId, customId) {
    return this.entries.some(
      (entry) => entry.messageId === messageId && entry.customId === customId && entry.state === "sent",
    );
  }

  /** The failure to show under a message, or null. */
  failureOf(messageId) {
    const failed = this.entries.filter((entry) => entry.state === "failed");
    return failed.find((entry) => entry.messageId === messageId) ?? null;
  }

  /** Forgets everything (another identity, a new connection). */
  clear() {
    this.#entries.clear();
    this.#early.clear();
    this.dispatchEvent(new CustomEvent("changed", { detail: null }));
  }

  /** Forgets a failure that was dismissed. */
  dismiss(id) {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry) this.dispatchEvent(new CustomEvent("changed", { detail: entry }));
  }

  #settle(entry) {
    // A new interaction with a message replaces its last failure.
    if (entry.messageId) {
      for (const old of this.entries) {
        const replaced = old.messageId === entry.messageId && old.id !== entry.id;
        if (replaced && old.state === "failed") this.#entries.delete(old.id);
      }
    }
    // A deferred answer has its own message, which shows that the bot is thinking.
    if (SETTLED.has(entry.state)) this.#entries.delete(entry.id);
    else this.#entries.set(entry.id, entry);
    this.dispatchEvent(new CustomEvent("changed", { detail: entry }));
    if (entry.state === "modal") this.dispatchEvent(new CustomEvent("modal", { detail: entry }));
  }
}
