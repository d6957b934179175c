// The person's permissions at the open place, and why they cannot write there.

export const MANAGE_CHANNELS = 1n << 4n;
export const ADD_REACTIONS = 1n << 6n;
const SEND_MESSAGES = 1n << 11n;
export const MANAGE_MESSAGES = 1n << 13n;
export const ATTACH_FILES = 1n << 15n;
export const USE_COMMANDS = 1n << 31n;
const MANAGE_THREADS = 1n << 34n;
export const CREATE_PUBLIC_THREADS = 1n << 35n;
export const CREATE_PRIVATE_THREADS = 1n << 36n;
export const PIN_MESSAGES = 1n << 51n;
/** Permissions that do not exist in direct messages. */
const OF_SERVERS = MANAGE_MESSAGES | MANAGE_THREADS | CREATE_PUBLIC_THREADS | CREATE_PRIVATE_THREADS;
const FAVOURITE = /bot/;

/** Whether the person has a permission in a channel; in a direct message both sides have the same ones. */
export function may(channel, permission) {
  if (channel?.permissions === undefined) return (permission & OF_SERVERS) === 0n;
  return (BigInt(channel.permissions) & permission) !== 0n;
}

/**
 * Why the person cannot write at the open place: `{text, servers, channel}`, or null if they can.
 * `servers` can be joined for it; `channel` is one where they can write, or null.
 */
export function whyClosed(store) {
  const bot = store.bot.user?.username ?? "the bot";
  if (store.guild === null && !store.meetsBot) {
    const text = `You share no server with ${bot} yet. Join one to talk to it.`;
    return { text, servers: store.elsewhere, channel: null };
  }
  const text = refusal(store.channel);
  return text === null ? null : { text, servers: [], channel: openPlace(store) };
}

function refusal(channel) {
  if (!may(channel, SEND_MESSAGES)) return "You do not have permission to send messages in this channel.";
  const locked = channel?.thread_metadata?.locked === true && !may(channel, MANAGE_THREADS);
  return locked ? "This thread is locked: only moderators can write in it." : null;
}

/** A channel of the open server where the person can write, preferably for bots; else the direct message, or null. */
function openPlace(store) {
  const rooms = store.groups(store.guild).flatMap((group) => group.channels);
  const open = rooms.filter((channel) => refusal(channel) === null);
  const direct = store.meetsBot ? store.dms[0] : null;
  return open.find((channel) => FAVOURITE.test(channel.name)) ?? open[0] ?? direct ?? null;
}
