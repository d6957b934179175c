// The event stream: one WebSocket that comes back by itself.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/**
 * Follows the events one user may see.
 * `opened` runs at each connect (the place to refetch), `event` for each frame, `lost` when the line breaks,
 * with the milliseconds until the next attempt.
 */
export class LiveLink {
  #socket = null;
  #timer = null;
  #delay = FIRST_DELAY_MS;
  #user = null;
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    // A laptop that wakes up or a cable that is back should not wait for the backoff.
    window.addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.retryNow();
    });
  }

  /** Starts over for this user. */
  follow(user) {
    this.#user = user;
    this.#delay = FIRST_DELAY_MS;
    this.#connect();
  }

  /** Skips the rest of a waiting time. */
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
