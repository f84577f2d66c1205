// @ts-check
import { Chart } from "./chart.js";
import { useApp } from "./context.js";
import { change, kindName, moment, tokenCount, tokens } from "./format.js";
import { html, useState } from "./html.js";
import { Notice } from "./notice.js";
import { useReading } from "./reading.js";
import { useStore } from "./store.js";

const day_ms = 86_400_000;
const periods = { "1": "24 hours", "7": "7 days", "30": "30 days", "365": "A year" };
/** More would be asked for in many calls, and drawn as one dark block. */
const max_changes = 1_000;

/**
 * @typedef {object} Course
 * @property {{ time: number, balance: number }[]} points oldest first, from the begin of the period to now
 * @property {import("../client/index.d.ts").Transaction[]} changes newest first
 * @property {boolean} is_cut whether older changes of the period are left out
 */

/**
 * The course of the balance in the last days.
 *
 * @param {import("../client/index.d.ts").Tally} tally
 * @param {number} days
 * @returns {Promise<Course>}
 */
async function readCourse(tally, days) {
  const from = new Date(Date.now() - days * day_ms).toISOString();
  /** @type {import("../client/index.d.ts").Transaction[]} */
  const changes = [];
  let is_cut = false;
  for await (const entry of tally.tokens.transactions.all({ from, limit: 100 })) {
    if (changes.length === max_changes) {
      is_cut = true;
      break;
    }
    changes.push(entry);
  }
  const points = changes.toReversed().map(({ created_at, balance_after }) => ({
    ...{ time: new Date(created_at).getTime(), balance: balance_after },
  }));
  if (!is_cut && changes.length > 0) {
    const { token } = await tally.tokens.balanceAt({ time: from });
    // A wallet that was empty until then begins shortly before its first change, or that would be a line at the edge.
    const first = points[0].time;
    const begin = token > 0 ? Date.parse(from) : first - Math.max(5_000, (Date.now() - first) / 10);
    points.unshift({ time: begin, balance: token });
  }
  if (points.length === 0) return { points, changes, is_cut };
  points.push({ time: Math.max(Date.now(), points.at(-1).time), balance: points.at(-1).balance });
  return { points, changes, is_cut };
}

/** The balance over time, as a picture and as a table. */
export function Overview() {
  const { tally, wallet } = useApp();
  const { version } = useStore(wallet.store);
  const [days, setDays] = useState("7");
  const { data, problem, is_reading } = useReading(() => readCourse(tally, Number(days)), [version, days]);
  return html`
    <article class="overview" aria-labelledby="overview-title" aria-busy=${is_reading && data === undefined}>
      <header>
        <h2 id="overview-title">Balance over time</h2>
        <label class="inline">
          <span class="sr-only">Period</span>
          <select value=${days} onChange=${(event) => setDays(event.target.value)}>
            ${Object.entries(periods).map(([days, name]) => html`<option value=${days}>${name}</option>`)}
          </select>
        </label>
      </header>
      <${Notice} problem=${problem} />
      ${data !== undefined && html`<${Course} ...${data} period=${periods[days]} />`}
    </article>
  `;
}

/** @param {Course & { period: string }} props */
function Course({ points, changes, is_cut, period }) {
  if (changes.length === 0) {
    return html`<p class="empty">Nothing has changed in this time. Your first purchase shows here.</p>`;
  }
  const balances = points.map(({ balance }) => balance);
  const label = `${period}: the balance went from ${tokens(balances[0])} to ${tokenCount(balances.at(-1))}, ` +
    `between ${tokens(Math.min(...balances))} and ${tokens(Math.max(...balances))}. The table beside has each change.`;
  return html`
    <div class="course">
      <${Chart} points=${points} label=${label} />
      <div class="scroll" tabindex="0" role="region" aria-label="Each change of the balance">
        <table>
          <thead>
            <tr>
              <th>When</th>
              <th>What</th>
              <th class="number">Change</th>
              <th class="number">Balance</th>
            </tr>
          </thead>
          <tbody>
            ${changes.map(({ id, created_at, kind, amount, balance_after }) =>
              html`
                <tr key=${id}>
                  <td><time datetime=${created_at}>${moment(created_at)}</time></td>
                  <td>${kindName(kind)}</td>
                  <td class="number">${change(amount)}</td>
                  <td class="number">${tokens(balance_after)}</td>
                </tr>
              `
            )}
          </tbody>
        </table>
      </div>
    </div>
    ${is_cut && html`<p class="hint">The newest ${tokens(max_changes)} changes are shown.</p>`}
  `;
}
