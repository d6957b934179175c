// Round numbers for the value axis, and round times for the time axis.

const MINUTE = 60e3;
const HOUR = 3600e3;
const DAY = 24 * HOUR;
const SPANS = [15e3, 30e3, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 5 * DAY, 7 * DAY, 10 * DAY];

/** The domain [from, to] of an axis for `values`, within `low` to `high`. */
export function domain(values, low, high) {
  const least = (high - low) / 5;
  let from = Math.min(...values);
  let to = Math.max(...values);
  const room = Math.max(least, (to - from) * 1.3);
  const middle = (from + to) / 2;
  from = middle - room / 2;
  to = middle + room / 2;
  if (from < low) [from, to] = [low, Math.min(high, low + room)];
  if (to > high) [from, to] = [Math.max(low, high - room), high];
  return [from, to];
}

/** At most `most` round numbers in a domain. */
export function valueTicks(from, to, most = 4) {
  const raw = (to - from) / most;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((candidate) => candidate >= raw);
  const ticks = [];
  for (let tick = Math.ceil(from / step - 1e-9) * step; tick <= to + 1e-9; tick += step) ticks.push(tick);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9), step / size === 2.5 ? 1 - Math.log10(size) : 0);
  return ticks.map((tick) => ({ at: tick, label: tick.toFixed(Math.min(3, Math.round(digits))) }));
}

/** At most `most` round times in the reader's time zone. */
export function timeTicks(from, to, most) {
  const step = SPANS.find((span) => (to - from) / span <= most + 0.3) ?? SPANS.at(-1);
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let tick = Math.ceil((from - shift) / step) * step + shift; tick <= to; tick += step) {
    ticks.push({ at: tick, label: step < MINUTE ? second(tick) : step < DAY ? hour(tick) : day(tick) });
  }
  return ticks;
}

const second = (at) =>
  new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const hour = (at) => new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = (at) => new Date(at).toLocaleDateString("en", { day: "numeric", month: "short" });

/** A time, as precise as the displayed span needs. */
export function momentIn(span, at) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (span < 10 * MINUTE) options.second = "2-digit";
  if (span > 1.1 * HOUR) Object.assign(options, { weekday: "short" });
  if (span > 2 * DAY) Object.assign(options, { day: "numeric", month: "short" });
  return new Date(at).toLocaleString("en", options);
}
