// The page's model of the sandbox, as the current identity sees it.

import { MANAGE_CHANNELS, may, USE_COMMANDS } from "./permits.js";
import { compareIds } from "./time.js";

const TEXT_TYPES = new Set([0, 5]);
export const CATEGORY = 4;
export const DIRECT = 1;

/**
 * The world and the open place. Emits events on changes: `world` (any part of the state), `place` (another
 * channel), `unread`.
 */
export class Store extends EventTarget {
  me = null;
  identities = [];
  application = null;
  bot = { user: null, connected: false, prefix: "!" };
  guilds = [];
  dms = [];
  commands = [];
  prefixCommands = [];
  channelId = null;
  /** The first unread message by channel. */
  unread = new Map();
  /** The first unread message of the open channel when it was opened, or null. */
  firstNew = null;
  /** Users seen in messages, for the names of people who have left. */
  #seen = new Map();
  /** The servers of all identities, so that a person can join them. */
  #known = new Map();

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Applies a response of `GET /sandbox/state`. */
  update(state) {
    this.me = state.me;
    this.identities = state.identities;
    this.application = state.application;
    this.bot = state.bot;
    this.guilds = state.guilds;
    this.meet(state.guilds);
    this.dms = state.dms;
    this.commands = state.commands;
    this.tell("world");
  }

  /** Records servers. */
  meet(guilds) {
    for (const guild of guilds) this.#known.set(guild.id, guild);
  }

  /** The servers that the person is not in. */
  get elsewhere() {
    return [...this.#known.values()].filter(({ id }) => !this.guilds.some((guild) => guild.id === id));
  }

  /** Whether the person shares a server with the bot, which direct messages require. */
  get meetsBot() {
    return this.guilds.some((guild) => this.member(this.bot.user?.id, guild) !== null);
  }

  /** Opens a channel; null is the direct message of a person who shares no server with the bot. */
  open(channelId) {
    this.channelId = channelId;
    this.firstNew = this.unread.get(channelId) ?? null;
    this.unread.delete(channelId);
    this.tell("place");
  }

  /** Records a message by somebody else. */
  markUnread({ id, channel_id: channelId }) {
    if (channelId === this.channelId || this.unread.has(channelId)) return;
    this.unread.set(channelId, id);
    this.tell("unread");
  }

  remember(user) {
    if (user?.id && !isWebhook(user)) this.#seen.set(user.id, user);
  }

  /** The seeded name of the current identity; unlike ids it survives a restart. */
  get myName() {
    return this.identities.find((identity) => identity.user === this.me.id)?.name ?? this.me.id;
  }

  get channel() {
    return this.channelById(this.channelId);
  }

  get guild() {
    return this.guildOf(this.channelId);
  }

  /** A channel, a thread or a direct message by its id, or null. */
  channelById(id) {
    if (id === null) return null;
    for (const guild of this.guilds) {
      const found = placesOf(guild).find((channel) => channel.id === id);
      if (found) return found;
    }
    return this.dms.find((channel) => channel.id === id) ?? null;
  }

  guildOf(channelId) {
    return this.guilds.find((guild) => placesOf(guild).some((channel) => channel.id === channelId)) ?? null;
  }

  /** The threads of a channel: active ones first, then by age. */
  threadsOf(channelId) {
    const threads = (this.guildOf(channelId)?.threads ?? []).filter((thread) => thread.parent_id === channelId);
    const archived = (thread) => Number(thread.thread_metadata.archived);
    return threads.sort((a, b) => archived(a) - archived(b) || compareIds(a.id, b.id));
  }

  /** The parent channel of the open thread, or null if no thread is open. */
  get parent() {
    return this.channel?.thread_metadata ? this.channelById(this.channel.parent_id) : null;
  }

  /** The visible channels of a guild, in list order: [{category, channels}]. */
  groups(guild) {
    const byPlace = (a, b) => (a.position ?? 0) - (b.position ?? 0) || (a.id < b.id ? -1 : 1);
    const texts = guild.channels.filter((channel) => TEXT_TYPES.has(channel.type)).sort(byPlace);
    const categories = guild.channels.filter((channel) => channel.type === CATEGORY).sort(byPlace);
    const known = new Set(categories.map((category) => category.id));
    const loose = texts.filter((channel) => !known.has(channel.parent_id));
    return [
      { category: null, channels: loose },
      ...categories.map((category) => ({
        category,
        channels: texts.filter((channel) => channel.parent_id === category.id),
      })),
    ].filter((group) => group.channels.length > 0 || mayManage(group.category));
  }

  member(userId, guild = this.guild) {
    return guild?.members.find((member) => member.user.id === userId) ?? null;
  }

  user(userId) {
    for (const guild of this.guilds) {
      const member = this.member(userId, guild);
      if (member) return member.user;
    }
    if (this.me?.id === userId) return this.me;
    if (this.bot.user?.id === userId) return this.bot.user;
    return this.#seen.get(userId) ?? null;
  }

  /** A person's display name here. */
  nameOf(user) {
    // A webhook's name can differ in each message, under the same id.
    if (isWebhook(user)) return user.username;
    const known = this.user(user.id) ?? user;
    return this.member(user.id)?.nick || known.global_name || known.username || "someone";
  }

  /** The people here: the members of the server, or the two of a direct message. */
  people() {
    const pair = [this.me, this.bot.user].filter(Boolean);
    return this.guild?.members.map((member) => member.user) ?? pair;
  }

  /** The roles here that a message can mention. */
  mentionableRoles() {
    return this.guild?.roles.filter((role) => role.id !== this.guild.id) ?? [];
  }

  /** The channels and threads here that a message can mention. */
  mentionableChannels() {
    return this.guild === null ? [] : placesOf(this.guild).filter((channel) => channel.type !== CATEGORY);
  }

  role(roleId, guild = this.guild) {
    return guild?.roles.find((role) => role.id === roleId) ?? null;
  }

  /** A member's roles, highest first, without @everyone. */
  rolesOf(member, guild = this.guild) {
    return (member?.roles ?? [])
      .map((id) => this.role(id, guild))
      .filter((role) => role !== null)
      .sort((a, b) => b.position - a.position);
  }

  /** The CSS colour of a name, or null for the text colour. */
  colourOf(userId, guild = this.guild) {
    const role = this.rolesOf(this.member(userId, guild), guild).find((candidate) => candidate.color);
    return role ? cssColour(role.color) : null;
  }

  /** A role's own colour, or null. */
  colourOfRole(role) {
    return role.color ? cssColour(role.color) : null;
  }

  /** The slash commands usable here: global ones and this guild's. */
  slashCommands() {
    const guild = this.guild;
    if (!may(this.channel, USE_COMMANDS)) return [];
    return this.commands
      .filter((command) => (command.type ?? 1) === 1 && (!command.guild_id || command.guild_id === guild?.id))
      .filter((command) => worksHere(command, guild))
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}

function placesOf(guild) {
  return [...guild.channels, ...(guild.threads ?? [])];
}

/** Whether an empty category is shown, which is so for people who can add channels. */
function mayManage(category) {
  return category !== null && may(category, MANAGE_CHANNELS);
}

/** Whether a command supports servers (context 0), or the bot's direct messages (1). */
function worksHere({ contexts, dm_permission: direct }, guild) {
  if (contexts) return contexts.includes(guild === null ? 1 : 0);
  return guild !== null || direct !== false;
}

/** Whether a message's author is a webhook, by its discriminator. */
export function isWebhook(user) {
  return user.discriminator === "0000";
}

/** Discord's colour number as `#rrggbb`. */
export function cssColour(number) {
  return `#${number.toString(16).padStart(6, "0")}`;
}
