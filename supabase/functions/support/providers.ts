import * as z from "zod";
import { unwrap, upstream_timeout_ms } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { staffArguments, type Trusted } from "./database.ts";
import type { AskResult } from "./schema.ts";

/** What of the answer to POST /payments/reconcile matters here. */
const Reconciled = z.object({
  reconciliations: z.array(z.object({ stage: z.string(), events_missed: z.int(), finding_count: z.int() })),
});

/**
 * Notes who asks and why, and has the payments function compare the books with the providers. Safe to repeat, and to be
 * repeated with the same key until it `is_done`. 503 `misconfigured` where no provider can be asked,
 * 503 `upstream_unavailable` where one is down.
 */
export async function askProviders(
  { database, callFunction }: Trusted,
  caller: User,
  reason: string,
  idempotency_key: string,
): Promise<AskResult> {
  unwrap(
    await database.rpc("support_reconcile", {
      ...staffArguments(caller),
      p_reason: reason,
      p_idempotency_key: idempotency_key,
    }),
  );
  const signal = AbortSignal.timeout(upstream_timeout_ms);
  const { status, body } = await callFunction("/payments/reconcile", { max_pages: 5 }, signal)
    .then(async (response) => ({ status: response.status, body: await response.json() }))
    .catch((cause) => {
      throw new Problem("upstream_unavailable", { cause });
    });
  const answer = Reconciled.safeParse(body);
  if (status !== 200 || !answer.success) {
    const cause = `payments answered ${status} ${body?.code}`;
    throw new Problem(body?.code === "misconfigured" ? "misconfigured" : "upstream_unavailable", { cause });
  }
  const { reconciliations } = answer.data;
  const sum = (count: "events_missed" | "finding_count") => reconciliations.reduce((all, one) => all + one[count], 0);
  return {
    is_done: reconciliations.every(({ stage }) => stage === "done"),
    events_missed: sum("events_missed"),
    finding_count: sum("finding_count"),
  };
}
