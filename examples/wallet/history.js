// @ts-check
import { useAction } from "./action.js";
import { useApp } from "./context.js";
import { download } from "./download.js";
import { change, clock, day, kind_names, kindName, tokens } from "./format.js";
import { html, useEffect, useState } from "./html.js";
import { Notice } from "./notice.js";
import { useReading } from "./reading.js";
import { useStore } from "./store.js";

/**
 * What the API is asked for: the days of the filters are the reader's, and the last one counts whole.
 *
 * @param {{ kind: string, from: string, to: string }} filters
 */
function asQuery({ kind, from, to }) {
  const end = to === "" ? undefined : new Date(`${to}T00:00`);
  end?.setDate(end.getDate() + 1);
  return {
    ...(kind !== "" && { kind: /** @type {any} */ (kind) }),
    ...(from !== "" && { from: new Date(`${from}T00:00`).toISOString() }),
    ...(end !== undefined && { to: end.toISOString() }),
  };
}

/**
 * Each change of the balance. What is filtered for stands in the address, so that a reload and a bookmark keep it.
 *
 * @param {{ query: string }} props
 */
export function HistoryPage({ query }) {
  const { tally, wallet, session } = useApp();
  const { version } = useStore(wallet.store);
  const params = new URLSearchParams(query);
  const filters = { kind: params.get("kind") ?? "", from: params.get("from") ?? "", to: params.get("to") ?? "" };
  /** The cursors of the pages before this one, and its own. */
  const [cursors, setCursors] = useState(/** @type {(string | undefined)[]} */ ([undefined]));
  useEffect(() => setCursors([undefined]), [query]);
  const cursor = cursors.at(-1);

  const { data, problem, is_reading, again } = useReading(
    () => tally.tokens.transactions({ ...asQuery(filters), limit: 25, ...(cursor !== undefined && { cursor }) }),
    [version, query, cursor],
  );
  const csv = useAction(async () => {
    const text = await session.run(() => tally.tokens.transactionsCsv(asQuery(filters)));
    download("tally-history.csv", text, "text/csv");
  });

  /** @param {Partial<typeof filters>} changes */
  function setFilters(changes) {
    const entries = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== "");
    location.hash = entries.length === 0 ? "history" : `history?${new URLSearchParams(entries)}`;
  }
  const is_filtered = Object.values(filters).some((value) => value !== "");

  return html`
    <h1 tabindex="-1">History</h1>
    <search>
      <div class="filters">
        <label>Kind
          <select value=${filters.kind} onChange=${(event) => setFilters({ kind: event.target.value })}>
            <option value="">All</option>
            ${Object.entries(kind_names).map(([kind, name]) => html`<option value=${kind}>${name}</option>`)}
          </select>
        </label>
        <label>From <input type="date" value=${filters.from} max=${filters.to}
          onChange=${(event) => setFilters({ from: event.target.value })} /></label>
        <label>To <input type="date" value=${filters.to} min=${filters.from}
          onChange=${(event) => setFilters({ to: event.target.value })} /></label>
        <button type="button" class="secondary outline" disabled=${!is_filtered}
          onClick=${() => setFilters({ kind: "", from: "", to: "" })}>Clear</button>
        <button type="button" class="outline csv" aria-busy=${csv.is_busy} onClick=${() => csv.run()}>
          Download CSV
        </button>
      </div>
    </search>
    <${Notice} problem=${problem ?? csv.problem}>
      ${problem !== undefined && html`<button type="button" onClick=${again}>Try again</button>`}
    <//>
    ${data === undefined && problem === undefined && html`<p aria-busy="true">Reading the books…</p>`}
    ${data?.transactions.length === 0 && html`
      <p class="empty">${is_filtered
        ? "Nothing fits these filters."
        : html`Nothing has happened yet. <a href="#buy">Buy tokens</a> to begin.`}</p>
    `}
    ${data !== undefined && data.transactions.length > 0 && html`
      <${Entries} entries=${data.transactions} is_reading=${is_reading} />
      <${Pages} ...${{ cursors, setCursors, next: data.next_cursor }} />
    `}
  `;
}

/** @param {{ entries: import("../client/index.d.ts").Transaction[], is_reading: boolean }} props */
function Entries({ entries, is_reading }) {
  return html`
    <article>
      <table class="entries" aria-busy=${is_reading}>
        <thead>
          <tr>
            <th>When</th>
            <th>What</th>
            <th class="number">Change</th>
            <th class="number">Balance</th>
          </tr>
        </thead>
        <tbody>${entries.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</tbody>
      </table>
    </article>
  `;
}

/** @param {{ entry: import("../client/index.d.ts").Transaction }} props */
function Entry({ entry }) {
  const { id, created_at, kind, reference, amount, balance_after, held_after, debt_change, debt_after } = entry;
  const facts = Object.entries({
    "Entry": id,
    "Reserved after it": held_after > 0 ? tokens(held_after) : undefined,
    "Debt": debt_change !== 0 ? `${change(debt_change)}, then ${tokens(debt_after)}` : undefined,
    "Reservation": entry.hold_id ?? undefined,
    "Purchase": entry.purchase_id ?? undefined,
    "Takes back entry": entry.reverses ?? undefined,
    "Notes": Object.keys(entry.metadata).length > 0 ? JSON.stringify(entry.metadata, null, 2) : undefined,
  }).filter(([, value]) => value !== undefined);
  return html`
    <tr>
      <td><time datetime=${created_at}>${day(created_at)}<br /><small>${clock(created_at)}</small></time></td>
      <td>
        <details>
          <summary>${kindName(kind)}${reference !== null && html`<span class="reference">${reference}</span>`}</summary>
          <dl>${facts.map(([name, value]) =>
            html`
              <div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>
            `
          )}</dl>
        </details>
      </td>
      <td class="number ${amount > 0 ? "plus" : amount < 0 ? "minus" : ""}">${change(amount)}</td>
      <td class="number">${tokens(balance_after)}</td>
    </tr>
  `;
}

/** The way to newer and older pages. */
function Pages({ cursors, setCursors, next }) {
  if (cursors.length === 1 && next === null) return null;
  return html`
    <nav class="pages" aria-label="Pages of the history">
      <button type="button" class="secondary outline" disabled=${cursors.length === 1}
        onClick=${() => setCursors(cursors.slice(0, -1))}>Newer</button>
      <span aria-live="polite">Page ${cursors.length}</span>
      <button type="button" class="secondary outline" disabled=${next === null}
        onClick=${() => setCursors([...cursors, next])}>Older</button>
    </nav>
  `;
}
