// The open place in the URL, by name, because ids change at each start of the sandbox.

const IDENTITY_KEY = "helix-sandbox-identity";
const FAVOURITE = /bot/;

function query() {
  return new URLSearchParams(location.search);
}

/** The name of the identity in the URL or of the last visit, or null. */
export function readIdentity() {
  return query().get("as") ?? localStorage.getItem(IDENTITY_KEY);
}

/**
 * The channel to open: the one in the URL if visible, else the one for bots, else the first.
 * Null is the direct message of a person who shares no server with the bot.
 */
export function readPlace(store) {
  const wanted = query();
  if (wanted.get("in") === "direct") return store.dms[0]?.id ?? null;
  const named = store.guilds.find((guild) => guild.name === wanted.get("in"));
  const guild = named ?? store.guilds[0];
  if (!guild) return store.dms[0]?.id ?? null;
  const rooms = store.groups(guild).flatMap((group) => group.channels);
  const channels = [...rooms, ...(guild.threads ?? [])];
  const channel =
    channels.find((candidate) => candidate.name === wanted.get("channel")) ??
    rooms.find((candidate) => FAVOURITE.test(candidate.name)) ??
    rooms[0];
  return channel?.id ?? store.dms[0]?.id ?? null;
}

/** Writes the place into the URL, for reloads and links. */
export function rememberPlace(store) {
  const wanted = new URLSearchParams({ as: store.myName });
  localStorage.setItem(IDENTITY_KEY, store.myName);
  wanted.set("in", store.guild?.name ?? "direct");
  if (store.guild) wanted.set("channel", store.channel.name);
  history.replaceState(null, "", `?${wanted}`);
}
