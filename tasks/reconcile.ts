/**
 * `deno task reconcile [base url]`: compares the books with the payment providers until all is compared, and shows what
 * was found.
 */
import * as z from "zod";
import { taskCommand } from "../local/command.ts";
import { secret_key } from "../local/environment.ts";
import { runningStack } from "../local/folder.ts";
import { Reconciliation, ReconciliationList } from "../supabase/functions/payments/schema.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("reconcile")} [base address of the functions]

Compares the books with the payment providers, and applies what their webhooks missed. Without an address: those of the
stack that runs in this folder. With one, such as https://<ref>.supabase.co/functions/v1, SUPABASE_SECRET_KEY holds the
project's secret key.

Ends with 0 where all agrees, with 1 where something needs a person, with 2 where it could not be finished.
`;
const { positionals: [given] } = readArguments({ help, options: {}, max_positionals: 1 });
const running_url = given === undefined ? (await runningStack())?.url : undefined;
const base_url = given ?? (running_url === undefined ? undefined : `${running_url}/functions/v1`);
if (base_url === undefined) {
  console.error(`No stack runs in this folder: start one with ${taskCommand("start")}, or name a base address.`);
  Deno.exit(2);
}
if (!URL.canParse(base_url)) refuseArguments(help, `${base_url} is no base address.`);
const apikey = given === undefined ? secret_key : Deno.env.get("SUPABASE_SECRET_KEY") ?? "";
console.log(`Reconciling ${base_url}${given === undefined ? " (the stack of this folder)" : ""} …`);

try {
  let reports: Reconciliation[];
  const skipped = new Set<string>();
  do {
    const page = await comparePage();
    reports = page.reconciliations;
    for (const report of reports) console.log(progressOf(report));
    for (const line of page.skipped) skipped.add(line);
  } while (reports.some(({ stage }) => stage !== "done"));

  const findings = reports.flatMap(({ provider, findings }) => findings.map((finding) => ({ provider, ...finding })));
  if (findings.length > 0) console.table(findings);
  for (const line of skipped) console.log(`Passed over: ${line}`);
  const count = reports.reduce((sum, { finding_count }) => sum + finding_count, skipped.size);
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
async function comparePage(): Promise<z.infer<typeof ReconciliationList>> {
  const response = await fetch(`${base_url}/payments/reconcile`, {
    method: "POST",
    headers: { apikey, "content-type": "application/json" },
    body: JSON.stringify({ max_pages: 1 }),
  });
  const body = await response.json();
  if (response.ok) return z.parse(ReconciliationList, body);
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
