// The event stream: a WebSocket that reconnects by itself.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/**
 * Follows the events that a user may see. Calls `opened` at each connect (then refetch), `event` for each frame,
 * and `lost` at a disconnect, with the milliseconds until the next attempt.
 */
export class LiveLink {
  #socket = null;
  #timer = null;
  #delay = FIRST_DELAY_MS;
  #user = null;
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    // Reconnect at once when the computer wakes up or is back online.
    window.addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.retryNow();
    });
  }

  /** Reconnects for this user. */
  follow(user) {
    this.#user = user;
    this.#delay = FIRST_DELAY_MS;
    this.#connect();
  }

  /** Ends the current backoff. */
  retryNow() {
    if (this.#timer !== null) this.#connect();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const before = this.#socket;
    this.#socket = null;
    before?.close();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(
      `${scheme}//${location.host}/sandbox/events?user=${encodeURIComponent(this.#user)}`,
    );
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      this.#delay = FIRST_DELAY_MS;
      this.#handlers.opened();
    });
    socket.addEventListener("message", (frame) => {
      if (socket !== this.#socket) return;
      const { t, d } = JSON.parse(frame.data);
      this.#handlers.event(t, d);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#wait();
    });
  }

  #wait() {
    this.#socket = null;
    const delay = this.#delay * (0.75 + Math.random() / 2);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#handlers.lost(delay);
  }
}
