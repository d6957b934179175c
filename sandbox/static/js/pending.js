// Interactions on their way: what was used, and whether the application has answered.

const KEPT_RESULTS = 100;
const SETTLED = new Set(["answered", "deferred", "modal"]);

/**
 * Follows interactions from use to answer. Tells `changed` with the entry, and `modal` with one whose answer
 * is a form; an entry is `{id, kind, label, channelId, messageId, customId, state: "sent"|"failed", message}`.
 */
export class Pending extends EventTarget {
  #entries = new Map();
  /** A result can overtake the HTTP answer that names its interaction. */
  #early = new Map();

  get entries() {
    return [...this.#entries.values()];
  }

  /** Notes an interaction that was just sent. */
  add(entry) {
    const early = this.#early.get(entry.id);
    this.#early.delete(entry.id);
    this.#settle({ ...entry, state: "sent", message: null, ...early });
  }

  /** Takes an INTERACTION_RESULT. */
  result({ interaction_id: id, state, message = null, modal = null }) {
    const entry = this.#entries.get(id);
    if (entry) this.#settle({ ...entry, state, message, modal });
    else {
      this.#early.set(id, { state, message, modal });
      if (this.#early.size > KEPT_RESULTS) this.#early.delete(this.#early.keys().next().value);
    }
  }

  /** Notes an interaction that was just sent and waits for its answer; gives the failure, or null. */
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

  /** Whether this control of this message waits for its answer. */
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

  /** Forgets one failure that was read. */
  dismiss(id) {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry) this.dispatchEvent(new CustomEvent("changed", { detail: entry }));
  }

  #settle(entry) {
    // A new use of a message replaces what went wrong with the one before.
    if (entry.messageId) {
      for (const old of this.entries) {
        const replaced = old.messageId === entry.messageId && old.id !== entry.id;
        if (replaced && old.state === "failed") this.#entries.delete(old.id);
      }
    }
    // A deferred answer has a message of its own, which says that it is being thought about.
    if (SETTLED.has(entry.state)) this.#entries.delete(entry.id);
    else this.#entries.set(entry.id, entry);
    this.dispatchEvent(new CustomEvent("changed", { detail: entry }));
    if (entry.state === "modal") this.dispatchEvent(new CustomEvent("modal", { detail: entry }));
  }
}
