// Server-Sent Events over fetch, because EventSource hides the error status, Retry-After and heartbeats (comments).

const FIRST_MS = 1000;
const LONGEST_MS = 15000;
const SILENCE_MS = 30000;

/** The fields of one block (HTML §9.2.6); `data` is null if it is not an event. */
function parse(block) {
  const event = { name: "message", id: null, retry: null, data: [] };
  for (const line of block.split("\n")) {
    if (line.startsWith(":")) continue;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") event.data.push(value);
    else if (field === "event") event.name = value;
    else if (field === "id") event.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) event.retry = Number(value);
  }
  return { ...event, data: event.data.length ? event.data.join("\n") : null };
}

export class Stream {
  #url;
  #on;
  #lastId = null;
  #firstMs = FIRST_MS;
  // -1 while connected, else the number of consecutive failures.
  #attempts = 0;
  #timer = 0;
  #silence = 0;
  #abort = null;
  #heardAt = Date.now();
  #since = null;

  /** `on`: event(name, data), live(), lost({why, since, retryAt}), refused(). */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
  }

  /** Connect now, replacing any planned attempt. */
  start() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#run();
  }

  /** Close, without reconnecting. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #run() {
    const abort = new AbortController();
    this.#abort = abort;
    let wait = null;
    let why = "The server cannot be reached.";
    try {
      this.#listen(abort);
      const headers = { Accept: "text/event-stream" };
      if (this.#lastId) headers["Last-Event-ID"] = this.#lastId;
      const response = await fetch(this.#url, { headers, signal: abort.signal, cache: "no-store" });
      if (response.status === 401) {
        this.stop();
        this.#on.refused();
        return;
      }
      if (!response.ok) {
        wait = Number(response.headers.get("Retry-After")) * 1000 || null;
        why = `The server answered ${response.status}.`;
        throw new Error(why);
      }
      await this.#read(response.body.getReader(), abort);
      why = "The server ended the connection.";
    } catch {
      if (abort.signal.reason === "silent") why = "Nothing arrived for 30 seconds.";
    }
    if (this.#abort === abort) this.#again(why, wait);
  }

  async #read(reader, abort) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#listen(abort);
      rest += decoder.decode(value, { stream: true }).replaceAll("\r\n", "\n");
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#take(parse(block));
      if (this.#attempts !== -1) {
        this.#attempts = -1;
        this.#on.live();
      }
    }
  }

  #take(event) {
    if (event.retry) this.#firstMs = Math.min(LONGEST_MS, event.retry);
    if (event.data === null) return;
    const data = JSON.parse(event.data);
    if (event.id !== null) this.#lastId = event.id;
    try {
      this.#on.event(event.name, data);
    } catch (error) {
      // A rendering error must not count as a lost connection.
      reportError(error);
    }
  }

  #listen(abort) {
    this.#heardAt = Date.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => abort.abort("silent"), SILENCE_MS);
  }

  #again(why, wait) {
    clearTimeout(this.#silence);
    const since = this.#lostAt();
    this.#attempts = Math.max(0, this.#attempts);
    const planned = wait ?? Math.min(LONGEST_MS, this.#firstMs * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
    this.#attempts = Math.min(this.#attempts + 1, 10);
    this.#on.lost({ why, since, retryAt: Date.now() + planned });
    this.#timer = setTimeout(() => this.#run(), planned);
  }

  /** When data last arrived; fixed at the first of consecutive failures. */
  #lostAt() {
    if (this.#attempts <= 0) this.#since = this.#heardAt;
    return this.#since;
  }
}
