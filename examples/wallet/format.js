// @ts-check
/** A number of tokens, as the reader's language writes it. */
export function tokens(/** @type {number} */ count) {
  return count.toLocaleString();
}

/** A signed change, with a minus sign as wide as the plus. */
export function change(/** @type {number} */ amount) {
  return amount > 0 ? `+${tokens(amount)}` : amount < 0 ? `−${tokens(-amount)}` : "0";
}

/** “1 token”, “5 tokens”. */
export function tokenCount(/** @type {number} */ count) {
  return `${tokens(count)} ${count === 1 ? "token" : "tokens"}`;
}

/** A price in the smallest unit of its currency, which not everywhere is a hundredth. */
export function price(/** @type {number} */ minor, /** @type {string} */ currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const day_format = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const time_format = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** @param {string | number | Date} time */
export const day = (time) => day_format.format(new Date(time));

const short_format = new Intl.DateTimeFormat(undefined, {
  ...{ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
});

/** A day and a time without the year, for where there is little room. */
export const moment = (/** @type {string | number} */ time) => short_format.format(new Date(time));

/** @param {string | number | Date} time */
export const clock = (time) => time_format.format(new Date(time));

/** How long until an instant, in the largest unit that says something. */
export function until(/** @type {string} */ time) {
  const minutes = Math.round((new Date(time).getTime() - Date.now()) / 60_000);
  if (minutes < 1) return "in less than a minute";
  if (minutes < 90) return `in ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  const hours = Math.round(minutes / 60);
  return `in ${hours} ${hours === 1 ? "hour" : "hours"}`;
}

/** @type {Record<string, string>} What a person calls each kind of entry. */
export const kind_names = {
  purchase: "Bought",
  deduct: "Spent",
  hold: "Reserved",
  capture: "Settled",
  release: "Given back",
  expiry: "Ran out, given back",
  add: "Credited",
  adjustment: "Corrected",
  reversal: "Reversed",
  chargeback: "Taken back",
  closing: "Account closed",
};

/** The name of a kind; a service that is newer than this page may have more of them. */
export function kindName(/** @type {string} */ kind) {
  return Object.hasOwn(kind_names, kind) ? kind_names[kind] : kind;
}
