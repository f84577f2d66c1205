import type { Context } from "hono";
import * as z from "zod";
import { createApp } from "../_shared/app.ts";
import { readBody, readOptionalBody, readQuery } from "../_shared/body.ts";
import { accountOf, anyone, type CallerEnv, server, userOrServer } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { readIdempotencyKey } from "../_shared/idempotency.ts";
import type { Caller } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { adjust } from "./adjustments.ts";
import { balanceOf } from "./balance.ts";
import { connectDatabases } from "./database.ts";
import { balanceAt, exportTransactions, listTransactions } from "./history.ts";
import { listHolds, placeHold, readHold, settleHold, type Settlement } from "./holds.ts";
import { deliverNotices } from "./notices.ts";
import { reverse } from "./reversal.ts";
import {
  AccountQuery,
  AddTokensRequest,
  AdjustmentRequest,
  BalanceAtQuery,
  CaptureRequest,
  DeductTokensRequest,
  HoldRequest,
  HoldsQuery,
  ReleaseRequest,
  ReversalRequest,
  ThresholdRequest,
  TransactionFilter,
  TransactionsQuery,
} from "./schema.ts";
import { settings, type TokensSettings } from "./settings.ts";
import { readThreshold, setThreshold } from "./threshold.ts";

/** The function that keeps balances: their changes and history, holds, and notices of low balances. */
export function createTokens({ platform, missing, self_service_add, notices }: TokensSettings) {
  const app = createApp("tokens", { platform, missing });
  const databases = connectDatabases(platform);

  app.get("/health", anyone, answerHealth(platform));

  /** Answers the balance of the caller, or of the account that a server names. */
  app.get("/", userOrServer, async (c) => {
    const { user_id } = readQuery(c, AccountQuery);
    return c.json(await balanceOf(databases, c.var.caller, accountOf(c, user_id)));
  });

  /**
   * Credits tokens. 403 `purchase_required` for users, unless the settings let them credit themselves.
   * 404 `user_not_found`, 422 `balance_limit`.
   */
  app.post("/add", userOrServer, async (c) => {
    const { caller } = c.var;
    if (caller.kind === "user" && !self_service_add) throw new Problem("purchase_required");
    const { user_id, ...credit } = await readBody(c, AddTokensRequest);
    const account = accountOf(c, user_id);
    const { adjustment, replayed } = await adjust(databases, caller, account, "add", credit, readIdempotencyKey(c));
    return c.json(adjustment, 200, replayHeader(replayed));
  });

  /** Debits tokens to pay for a service. 402 `insufficient_tokens`, 401 `session_ended`. */
  app.post("/deduct", userOrServer, async (c) => {
    const { caller } = c.var;
    const { user_id, amount, ...request } = await readBody(c, DeductTokensRequest);
    const account = accountOf(c, user_id);
    const debit = { ...request, amount: -amount };
    const { adjustment, replayed } = await adjust(databases, caller, account, "deduct", debit, readIdempotencyKey(c));
    return c.json(adjustment, 200, replayHeader(replayed));
  });

  /** Answers one page of an account's ledger, newest first. */
  app.get("/transactions", userOrServer, async (c) => {
    const { user_id, ...page } = readQuery(c, TransactionsQuery);
    return c.json(await listTransactions(databases, c.var.caller, accountOf(c, user_id), page));
  });

  /** Answers an account's ledger, or the entries that a filter lets through, as a CSV file, oldest first. */
  app.get("/transactions.csv", userOrServer, async (c) => {
    const { user_id, ...filter } = readQuery(c, TransactionFilter);
    const csv = await exportTransactions(databases, c.var.caller, accountOf(c, user_id), filter);
    return c.body(csv, 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="transactions.csv"',
    });
  });

  /** Answers what an account could spend, what was held and what was owed at the instant `time`. */
  app.get("/balance_at", userOrServer, async (c) => {
    const { user_id, time } = readQuery(c, BalanceAtQuery);
    return c.json({ ...await balanceAt(databases, c.var.caller, accountOf(c, user_id), time), time });
  });

  /** Corrects a balance by an operator, with a reason and a name. 402 `insufficient_tokens`, 422 `balance_limit`. */
  app.post("/adjustments", server, async (c) => {
    const { user_id, amount, reference, reason, actor } = await readBody(c, AdjustmentRequest);
    const change = { amount, reference, metadata: { reason, actor } };
    const key = readIdempotencyKey(c);
    const { adjustment, replayed } = await adjust(databases, c.var.caller, user_id, "adjustment", change, key);
    return c.json(adjustment, 200, replayHeader(replayed));
  });

  /**
   * Takes back one entry of the ledger, once. 404 `transaction_not_found`, 409 `transaction_already_reversed`
   * or `transaction_not_reversible`, 402 `insufficient_tokens` unless `allow_partial`.
   */
  app.post("/transactions/:id/reversal", server, async (c) => {
    const transaction_id = Number(idParameter(c, z.string().regex(/^[1-9]\d{0,15}$/), "transaction_not_found"));
    const { user_id, reason, actor, allow_partial } = await readBody(c, ReversalRequest);
    const { reversal, replayed } = await reverse(databases, {
      user_id,
      transaction_id,
      allow_partial,
      metadata: { reason, actor },
      idempotency_key: readIdempotencyKey(c),
    });
    return c.json(reversal, 200, replayHeader(replayed));
  });

  /**
   * Sets tokens aside for work whose cost is not known yet: 201. 402 `insufficient_tokens`,
   * 409 `hold_limit`, 401 `session_ended`.
   */
  app.post("/holds", userOrServer, async (c) => {
    const { user_id, ...request } = await readBody(c, HoldRequest);
    const account = accountOf(c, user_id);
    const { hold, replayed } = await placeHold(databases, c.var.caller, account, request, readIdempotencyKey(c));
    return c.json(hold, 201, replayHeader(replayed));
  });

  /** Answers one page of an account's holds, newest first. */
  app.get("/holds", userOrServer, async (c) => {
    const { user_id, ...page } = readQuery(c, HoldsQuery);
    return c.json(await listHolds(databases, c.var.caller, accountOf(c, user_id), page));
  });

  /** Answers one hold as it is now. 404 `hold_not_found`. */
  app.get("/holds/:id", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id } = readQuery(c, AccountQuery);
    return c.json(await readHold(databases, c.var.caller, accountOf(c, user_id), hold_id));
  });

  /**
   * Spends tokens of a hold and gives the rest back. 404 `hold_not_found`, 409 `hold_settled`,
   * 402 `insufficient_tokens`, 403 `hold_of_server`.
   */
  app.post("/holds/:id/capture", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id, amount } = await readOptionalBody(c, CaptureRequest);
    return await answerSettlement(c, { user_id, hold_id, status: "captured", amount });
  });

  /** Gives all tokens of a hold back. 404 `hold_not_found`, 409 `hold_settled`, 403 `hold_of_server`. */
  app.post("/holds/:id/release", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id } = await readOptionalBody(c, ReleaseRequest);
    return await answerSettlement(c, { user_id, hold_id, status: "released" });
  });

  /** Answers an account's low-balance threshold: null where its owner wants no notices. */
  app.get("/low_balance_threshold", userOrServer, async (c) => {
    const { user_id } = readQuery(c, AccountQuery);
    return c.json({ threshold: await readThreshold(databases, c.var.caller, accountOf(c, user_id)) });
  });

  /** Sets an account's low-balance threshold: a debit that takes the balance below it makes a notice. */
  app.put("/low_balance_threshold", userOrServer, async (c) => {
    const { user_id, threshold } = await readBody(c, ThresholdRequest);
    const account = accountOf(c, user_id);
    return c.json({ threshold: await setThreshold(databases, c.var.caller, account, threshold) });
  });

  /** Sends the notices that are due. 503 `misconfigured` where the address is set and cannot be used. */
  app.post("/notices/deliver", server, async (c) => c.json(await deliverNotices(databases, notices)));

  /** Settles a hold of the caller's account, or of the account that a server names, and answers the hold. */
  async function answerSettlement(
    c: Context<CallerEnv<Caller>>,
    { user_id, ...settlement }: { user_id: string | undefined } & Pick<Settlement, "hold_id" | "status" | "amount">,
  ) {
    const { hold, replayed } = await settleHold(databases, c.var.caller, {
      ...settlement,
      user_id: accountOf(c, user_id),
      idempotency_key: readIdempotencyKey(c),
    });
    return c.json(hold, 200, replayHeader(replayed));
  }

  return app;
}

/** The `:id` of the path. An id of the wrong form names nothing, hence a 404. */
function idParameter(c: Context, schema: z.ZodType<string>, missing: "hold_not_found" | "transaction_not_found") {
  const id = schema.safeParse(c.req.param("id"));
  if (!id.success) throw new Problem(missing);
  return id.data;
}

function replayHeader(replayed: boolean): Record<string, string> {
  return replayed ? { "idempotent-replayed": "true" } : {};
}

export default createTokens(settings);
