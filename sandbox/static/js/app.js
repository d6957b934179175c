// Connects the page's parts: the world, the open channel, the event stream and the views.

import { Announcer } from "./announcer.js";
import { api } from "./api.js";
import { Composer } from "./composer.js";
import { drawControls } from "./controls.js";
import { Desk } from "./desk.js";
import { el, icon, setText } from "./dom.js";
import { startDrawers } from "./drawers.js";
import { drawIdentity } from "./identity.js";
import { LiveLink } from "./live.js";
import { drawMembers } from "./members.js";
import { nameChannels, renderInline } from "./inline.js";
import { MessageLog } from "./messages.js";
import { openModal } from "./modal.js";
import { drawBot, drawLink, makeSay, Typing } from "./notices.js";
import { Pending } from "./pending.js";
import { PinsPanel } from "./pins.js";
import { readIdentity, readPlace, rememberPlace } from "./place.js";
import { ProfilePanel } from "./profile.js";
import { drawPlaces } from "./sidebar.js";
import { Store } from "./store.js";
import { startTheme } from "./theme.js";
import { ThreadsPanel } from "./threads.js";
import { keepTimesCurrent } from "./time.js";
import { Timeline } from "./timeline.js";

const REFRESH_MS = 150;
const COMMANDS_RETRY_MS = 3000;
const START_RETRY_MS = 3000;
const FIRST_IDENTITY = "owner";
const WORLD_EVENT = /^(GUILD_|THREAD_|CHANNEL_(?!PINS))/;

const part = (id) => document.getElementById(id);
const store = new Store();
const pending = new Pending();
const timeline = new Timeline(api, store);
const typing = new Typing(part("typing"), store);
const say = makeSay(part("toasts"));
const desk = new Desk({ api, store, timeline, pending, say, open, join, refresh });
const link = new LiveLink({ opened, event: receive, lost });
const linkState = { open: true, delay: 0 };
let refreshTimer = null;
let commandsTimer = null;

for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
startTheme(part("theme"));
keepTimesCurrent();
drawControls(part("controls"), desk);
const drawers = startDrawers({
  places: part("places-panel"),
  members: part("members-panel"),
  backdrop: part("backdrop"),
  openPlaces: part("open-places"),
  openMembers: part("open-members"),
  closePlaces: part("close-places"),
  closeMembers: part("close-members"),
});
desk.composer = new Composer(
  {
    form: part("composer"),
    input: part("message"),
    box: part("composer-box"),
    frame: part("composer-frame"),
    closed: part("closed"),
    panel: part("completion"),
    hint: part("hint"),
    count: part("count"),
    banner: part("mode"),
    slash: part("slash"),
    tray: part("tray"),
    attach: part("attach"),
    picker: part("file-picker"),
    drop: part("main"),
  },
  desk,
);
desk.profile = new ProfilePanel(part("profile"), store, become);
desk.log = new MessageLog(part("log"), desk, timeline);
desk.threads = new ThreadsPanel(part("threads"), part("open-threads"), desk);
const pins = new PinsPanel(part("pins"), desk);
new Announcer(part("announcer"), store, timeline);

pending.addEventListener("modal", (event) => openModal(event.detail, desk));
store.addEventListener("world", drawWorld);
store.addEventListener("unread", () => drawPlaces(part("places"), store, { open, join }));
store.addEventListener("place", () => {
  drawWorld();
  typing.clear();
  desk.composer.reset();
  rememberPlace(store);
  desk.attempt(() => timeline.reload());
});

function drawWorld() {
  drawPlaces(part("places"), store, { open, join });
  drawMembers(part("members"), store, (user, anchor) => desk.showUser(user, anchor));
  drawIdentity({ card: part("identity"), menu: part("identity-menu") }, store, { become, join, leave });
  desk.composer.drawState();
  drawBot(part("bot-state"), store, linkState.open);
  const direct = desk.isDirect;
  const title = direct ? (store.bot.user?.username ?? "The bot") : store.channel.name;
  setText(part("channel-title"), title);
  const where = direct ? ["Direct message"] : [store.guild.name, store.parent && `#${store.parent.name}`];
  setText(part("channel-place"), where.filter(Boolean).join(" · "));
  const archived = store.channel?.thread_metadata?.archived === true;
  const topic = archived ? "Archived: a new message reopens it" : (store.channel?.topic ?? "");
  part("channel-topic").replaceChildren(el("span", null, ...renderInline(topic.replace(/\s+/g, " "), desk.names)));
  document.title = `${direct ? "@" : store.parent ? "" : "#"}${title} · Helix sandbox`;
}

function open(channelId) {
  drawers.close();
  if (channelId !== store.channelId || !timeline.messages.length) store.open(channelId);
  if (!matchMedia("(pointer: coarse)").matches) desk.composer.focus();
}

/** Runs when the stream has (re)connected: fetches what happened meanwhile. */
async function opened() {
  linkState.open = true;
  // Pending interactions may have been answered while the page was disconnected.
  pending.clear();
  drawLink(part("banner"), linkState, null);
  await refresh();
  await desk.attempt(() => timeline.reload());
  fetchCommands();
}

function lost(delay) {
  Object.assign(linkState, { open: false, delay });
  drawLink(part("banner"), linkState, () => link.retryNow());
  drawBot(part("bot-state"), store, false);
}

/** Fetches the world again, by the person's name, because ids change when the sandbox restarts. */
async function refresh() {
  const state = await desk.attempt(() => api.fetchState(store.myName));
  if (state === null) return;
  const somebodyNew = state.me.id !== store.me.id;
  const { permissions } = store.channel ?? {};
  store.update(state);
  if (store.channel?.permissions !== permissions) desk.log.drawAll();
  nameChannels(part("log"), desk.names);
  // The open place is gone, or a first one exists: joining a first server opens the bot's direct message.
  const moved = store.channelId === null ? store.dms.length > 0 : store.channel === null;
  if (somebodyNew || moved) store.open(readPlace(store));
  else rememberPlace(store);
}

/** Fetches once for several events in a short time; a constant flow of events does not delay it. */
function refreshSoon() {
  refreshTimer ??= setTimeout(() => {
    refreshTimer = null;
    refresh();
  }, REFRESH_MS);
}

async function fetchCommands() {
  clearTimeout(commandsTimer);
  try {
    const { commands } = await api.fetchCommands();
    store.prefixCommands = commands;
    desk.composer.refreshSuggestions();
  } catch {
    // The bot's HTTP server may start later or not at all; until then there is no completion.
    commandsTimer = setTimeout(fetchCommands, COMMANDS_RETRY_MS);
  }
}

function receive(name, data) {
  if (name === "TYPING_START") typing.start(data);
  else if (name === "INTERACTION_RESULT") pending.result(data);
  else if (name === "BOT_CONNECTION") {
    store.bot = { ...store.bot, connected: data.connected };
    refreshSoon();
    drawBot(part("bot-state"), store, linkState.open);
    if (data.connected) fetchCommands();
  } else if (name === "APPLICATION_COMMANDS_UPDATE") store.commands = data.commands;
  else if (WORLD_EVENT.test(name)) refreshSoon();
  else if (name.startsWith("MESSAGE_")) {
    timeline.receive(name, data);
    if (name === "MESSAGE_CREATE") heard(data);
  }
  pins.receive(name, data);
}

function heard(message) {
  typing.stop(message.author.id);
  if (store.channelById(message.channel_id) === null) refreshSoon();
  if (message.author.id !== store.me.id) store.markUnread(message);
}

/** Acts as a person: fetches what they see and follows their events. */
async function enter(name) {
  const state = await api.fetchState(name);
  pending.clear();
  store.unread.clear();
  store.update(state);
  store.open(readPlace(store));
  link.follow(name);
}

async function become(identity) {
  await desk.attempt(() => enter(identity.name));
  desk.composer.focus();
}

async function join(guild) {
  if (!(await desk.attempt(() => api.join({ user: store.me.id, guild: guild.id })))) return;
  await refresh();
  const joined = store.guilds.find(({ id }) => id === guild.id);
  const [first] = joined === undefined ? [] : store.groups(joined).flatMap(({ channels }) => channels);
  if (first !== undefined) open(first.id);
}

async function leave(guild) {
  if (await desk.attempt(() => api.leave({ user: store.me.id, guild: guild.id }))) await refresh();
}

/** Fetches every identity's servers once, to know which ones can be joined. */
async function lookAround() {
  for (const { name } of store.identities) {
    const { guilds } = await api.fetchState(name);
    store.meet(guilds);
  }
  drawWorld();
}

/**
 * Starts as the person in the address or of the last visit, else as the owner.
 * Retries until the sandbox answers.
 */
async function start() {
  try {
    await enter(readIdentity() ?? FIRST_IDENTITY).catch((error) => {
      if (error.status !== 404) throw error;
      return enter(FIRST_IDENTITY);
    });
  } catch (error) {
    say(error.message);
    setTimeout(start, START_RETRY_MS);
    return;
  }
  desk.composer.focus();
  await desk.attempt(lookAround);
}

start();
