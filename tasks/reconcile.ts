/**
 * `deno task reconcile [base url]`: compares the books with the payment providers until all is compared, and shows what
 * was found. For another stack than the local one, SUPABASE_SECRET_KEY holds its secret key.
 * Ends with 1 where something needs a person, with 2 where it could not be finished.
 */
import * as z from "zod";
import { Reconciliation, ReconciliationList } from "../supabase/functions/payments/schema.ts";
import { readConfig, secret_key } from "../local/stack.ts";

const base_url = Deno.args[0] ?? `http://127.0.0.1:${readConfig().api.port}/functions/v1`;
const apikey = Deno.args[0] === undefined ? secret_key : Deno.env.get("SUPABASE_SECRET_KEY") ?? "";

try {
  let reports: Reconciliation[];
  do {
    reports = await comparePage();
    for (const report of reports) console.log(progressOf(report));
  } while (reports.some(({ stage }) => stage !== "done"));

  const findings = reports.flatMap(({ provider, findings }) => findings.map((finding) => ({ provider, ...finding })));
  if (findings.length > 0) console.table(findings);
  const count = reports.reduce((sum, { finding_count }) => sum + finding_count, 0);
  console.log(
    count === 0
      ? "The books and the providers agree."
      : `${count} ${count === 1 ? "thing needs" : "things need"} a person.`,
  );
  if (count > 0) console.log("What to do: docs/operations.md, “When a provider disagrees”.");
  Deno.exitCode = count > 0 ? 1 : 0;
} catch (error) {
  console.error(`Not finished, the next run goes on from here: ${(error as Error).message}`);
  Deno.exitCode = 2;
}

/** One page of each provider: small steps, so that there is progress to show. */
async function comparePage(): Promise<Reconciliation[]> {
  const response = await fetch(`${base_url}/payments/reconcile`, {
    method: "POST",
    headers: { apikey, "content-type": "application/json" },
    body: JSON.stringify({ max_pages: 1 }),
  });
  const body = await response.json();
  if (response.ok) return z.parse(ReconciliationList, body).reconciliations;
  throw new Error(`${base_url} answered ${response.status} ${body.code ?? ""}: ${body.detail ?? ""}`);
}

function progressOf(report: Reconciliation): string {
  const { provider, since, stage, events_seen, events_missed, payments_seen, purchases_seen, retries_seen } = report;
  return [
    `${provider} since ${since.slice(0, 16)}`,
    `${events_seen} events (${events_missed} missed)`,
    `${payments_seen} payments`,
    `${purchases_seen} purchases`,
    `${retries_seen} retries`,
    `${report.finding_count} findings`,
    stage,
  ].join(" · ");
}
