// Ids and times: Discord's ids contain their creation time; its timestamps have seven styles.

const EPOCH_MS = 1420070400000n; // Discord's epoch: the first second of 2015, UTC

/** Compares two ids by age, as BigInt, because they exceed double precision. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The creation time of an id, in milliseconds since 1970. */
export function idTime(id) {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

const formats = {
  t: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
  T: new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }),
  d: new Intl.DateTimeFormat(undefined, { dateStyle: "short" }),
  D: new Intl.DateTimeFormat(undefined, { dateStyle: "long" }),
  f: new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" }),
  F: new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }),
};
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [
  ["year", 31557600],
  ["month", 2629800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function formatRelative(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return relative.format(Math.round(seconds / size), unit);
}

/** A date in one of Discord's styles (t T d D f F R). */
export function formatDate(date, style = "f") {
  return style === "R" ? formatRelative(date) : (formats[style] ?? formats.f).format(date);
}

/** A short time for a message header: the time today, else date and time. */
export function formatMoment(date) {
  const sameDay = date.toDateString() === new Date().toDateString();
  return sameDay ? formats.t.format(date) : `${formats.d.format(date)} ${formats.t.format(date)}`;
}

/** A `<time>` in a style; `keepTimesCurrent` updates relative ones. */
export function timeElement(date, style) {
  const node = document.createElement("time");
  if (Number.isNaN(date.getTime())) {
    node.textContent = "an invalid date";
    return node;
  }
  node.dateTime = date.toISOString();
  node.title = formats.F.format(date);
  node.textContent = formatDate(date, style);
  if (style === "R") node.dataset.relative = "";
  return node;
}

/** Updates relative times every 15 seconds. */
export function keepTimesCurrent() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-relative]")) {
      node.textContent = formatRelative(new Date(node.dateTime));
    }
  }, 15_000);
}
