// The sandbox's control routes over HTTP.

/** An error of a control route, with its status (0: the sandbox cannot be reached). */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function request(method, path, body) {
  const init = { method, headers: {}, cache: "no-store" };
  // A custom header forces a preflight for requests from other sites, which the sandbox refuses.
  if (method !== "GET") init.headers["X-Helix-Sandbox"] = "1";
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError("The sandbox cannot be reached. Is Helix still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(answer.message ?? `The sandbox answered ${response.status}.`, response.status);
  }
  return answer;
}

const post = (path) => (body) => request("POST", path, body);

export const api = {
  fetchState: (user) => request("GET", `/sandbox/state?user=${encodeURIComponent(user)}`),
  fetchMessages: (channel, user, before, limit = 50) => {
    const query = new URLSearchParams({ user, limit: String(limit) });
    if (before) query.set("before", before);
    return request("GET", `/sandbox/channels/${encodeURIComponent(channel)}/messages?${query}`);
  },
  fetchPins: (channel, user) => {
    const query = new URLSearchParams({ user });
    return request("GET", `/sandbox/channels/${encodeURIComponent(channel)}/pins?${query}`);
  },
  fetchCommands: () => request("GET", "/sandbox/commands"),
  message: post("/sandbox/act/message"),
  edit: post("/sandbox/act/edit"),
  remove: post("/sandbox/act/delete"),
  slash: post("/sandbox/act/slash"),
  autocomplete: post("/sandbox/act/autocomplete"),
  click: post("/sandbox/act/click"),
  select: post("/sandbox/act/select"),
  submitModal: post("/sandbox/act/submit_modal"),
  reaction: post("/sandbox/act/reaction"),
  pin: post("/sandbox/act/pin"),
  startThread: post("/sandbox/act/start_thread"),
  editThread: post("/sandbox/act/edit_thread"),
  joinThread: post("/sandbox/act/join_thread"),
  join: post("/sandbox/act/join"),
  leave: post("/sandbox/act/leave"),
  gateway: post("/sandbox/control/gateway"),
  fault: post("/sandbox/control/fault"),
  clearFaults: () => request("DELETE", "/sandbox/control/fault"),
};
