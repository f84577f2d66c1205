import type { Context } from "hono";
import { createApp } from "../_shared/app.ts";
import { readBody, readQuery } from "../_shared/body.ts";
import { accountOf, anyone, type Caller, type CallerEnv, userOrServer } from "../_shared/caller.ts";
import { Problem } from "../_shared/problem.ts";
import { readIdempotencyKey } from "./idempotency.ts";
import { adjust, balanceOf, listTransactions } from "./ledger.ts";
import { AddTokensRequest, BalanceQuery, DeductTokensRequest, TransactionsQuery } from "./schema.ts";

// Closed unless it says exactly "true": where it is on, users credit themselves.
const self_service_add = Deno.env.get("TOKENS_SELF_SERVICE_ADD") === "true";

const app = createApp("tokens");

app.get("/health", anyone, (c) => c.json({ status: "ok" }));

/** The balance of the caller, or of the account a server names. */
app.get("/", userOrServer, async (c) => {
  const { user_id } = readQuery(c, BalanceQuery);
  return c.json(await balanceOf(c.var.caller, accountOf(c.var.caller, user_id)));
});

/**
 * Credits tokens: servers only, unless the stack lets users help themselves (403
 * `purchase_required`). 404 `user_not_found`, 422 `balance_limit`.
 */
app.post("/add", userOrServer, async (c) => {
  if (c.var.caller.kind === "user" && !self_service_add) throw new Problem("purchase_required");
  return await answerAdjustment(c, await readBody(c, AddTokensRequest), 1);
});

/** Debits tokens to pay for a service. 402 `insufficient_tokens`, 401 `session_ended`. */
app.post("/deduct", userOrServer, async (c) => {
  return await answerAdjustment(c, await readBody(c, DeductTokensRequest), -1);
});

/** The ledger of an account, newest first, page by page. */
app.get("/transactions", userOrServer, async (c) => {
  const { user_id, ...page } = readQuery(c, TransactionsQuery);
  return c.json(await listTransactions(c.var.caller, accountOf(c.var.caller, user_id), page));
});

async function answerAdjustment(
  c: Context<CallerEnv<Caller>>,
  { amount, reference, metadata, user_id }: ReturnType<typeof AddTokensRequest.parse>,
  sign: 1 | -1,
) {
  const { adjustment, replayed } = await adjust(c.var.caller, {
    user_id: accountOf(c.var.caller, user_id),
    amount: sign * amount,
    idempotency_key: readIdempotencyKey(c),
    reference,
    metadata,
  });
  if (replayed) c.header("idempotent-replayed", "true");
  return c.json(adjustment);
}

export default app;
