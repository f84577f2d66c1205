import type { Context } from "hono";
import * as z from "zod";
import { createApp } from "../_shared/app.ts";
import { readBody, readOptionalBody, readQuery } from "../_shared/body.ts";
import { accountOf, anyone, type CallerEnv, server, userOrServer } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { readIdempotencyKey } from "../_shared/idempotency.ts";
import type { Caller } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { balanceAt, exportTransactions, reverse } from "./audit.ts";
import { connectDatabases } from "./database.ts";
import { listHolds, placeHold, readHold, settleHold } from "./holds.ts";
import { adjust, balanceOf, listTransactions } from "./ledger.ts";
import { deliverNotices, readThreshold, setThreshold } from "./notices.ts";
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
  TransactionsQuery,
} from "./schema.ts";
import { settings, type TokensSettings } from "./settings.ts";

/** The app of the tokens domain: wallets, holds and their ledger. */
export function createTokens(settings: TokensSettings) {
  const databases = connectDatabases(settings.platform);
  const app = createApp("tokens", settings);

  app.get("/health", anyone, answerHealth(settings.platform));

  /** The balance of the caller, or of the account a server names. */
  app.get("/", userOrServer, async (c) => {
    const { user_id } = readQuery(c, AccountQuery);
    return c.json(await balanceOf(databases, c.var.caller, accountOf(c, user_id)));
  });

  /**
   * Credits tokens: servers only, unless the stack lets users help themselves (403
   * `purchase_required`). 404 `user_not_found`, 422 `balance_limit`.
   */
  app.post("/add", userOrServer, async (c) => {
    const { caller } = c.var;
    if (caller.kind === "user" && !settings.self_service_add) throw new Problem("purchase_required");
    const { user_id, ...request } = await readBody(c, AddTokensRequest);
    const account = accountOf(c, user_id);
    const { adjustment, replayed } = await adjust(databases, caller, account, "add", request, readIdempotencyKey(c));
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

  /** The ledger of an account, newest first, page by page. */
  app.get("/transactions", userOrServer, async (c) => {
    const { user_id, ...page } = readQuery(c, TransactionsQuery);
    return c.json(await listTransactions(databases, c.var.caller, accountOf(c, user_id), page));
  });

  /** The whole ledger of an account as a CSV file, oldest first. */
  app.get("/transactions.csv", userOrServer, async (c) => {
    const { user_id } = readQuery(c, AccountQuery);
    const csv = await exportTransactions(databases, c.var.caller, accountOf(c, user_id));
    return c.body(csv, 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="transactions.csv"',
    });
  });

  /** What the account could spend, and had set aside, at `?time=`. */
  app.get("/balance_at", userOrServer, async (c) => {
    const { user_id, time } = readQuery(c, BalanceAtQuery);
    return c.json({ ...await balanceAt(databases, c.var.caller, accountOf(c, user_id), time), time });
  });

  /** Corrects a balance, with a reason and a name. 402 `insufficient_tokens`, 422 `balance_limit`. */
  app.post("/adjustments", server, async (c) => {
    const { user_id, amount, reference, reason, actor } = await readBody(c, AdjustmentRequest);
    const change = { amount, reference, metadata: { reason, actor } };
    const { adjustment, replayed } = await adjust(
      databases,
      c.var.caller,
      accountOf(c, user_id),
      "adjustment",
      change,
      readIdempotencyKey(c),
    );
    return c.json(adjustment, 200, replayHeader(replayed));
  });

  /**
   * Takes back one entry, once. 404 `transaction_not_found`, 409 `transaction_already_reversed`
   * or `transaction_not_reversible`, 402 `insufficient_tokens` unless `allow_partial`.
   */
  app.post("/transactions/:id/reversal", server, async (c) => {
    const transaction_id = Number(idParameter(c, z.string().regex(/^[1-9]\d{0,15}$/), "transaction_not_found"));
    const { user_id, reason, actor, allow_partial } = await readBody(c, ReversalRequest);
    const { reversal, replayed } = await reverse(databases, {
      user_id: accountOf(c, user_id),
      transaction_id,
      allow_partial,
      metadata: { reason, actor },
      idempotency_key: readIdempotencyKey(c),
    });
    return c.json(reversal, 200, replayHeader(replayed));
  });

  /** Sets tokens aside for work whose cost is not known yet: 201. 402 `insufficient_tokens`. */
  app.post("/holds", userOrServer, async (c) => {
    const { user_id, ...request } = await readBody(c, HoldRequest);
    const account = accountOf(c, user_id);
    const { hold, replayed } = await placeHold(databases, c.var.caller, account, request, readIdempotencyKey(c));
    return c.json(hold, 201, replayHeader(replayed));
  });

  /** The holds of an account, newest first, page by page. */
  app.get("/holds", userOrServer, async (c) => {
    const { user_id, ...page } = readQuery(c, HoldsQuery);
    return c.json(await listHolds(databases, c.var.caller, accountOf(c, user_id), page));
  });

  /** One hold as it is now. 404 `hold_not_found`. */
  app.get("/holds/:id", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id } = readQuery(c, AccountQuery);
    return c.json(await readHold(databases, c.var.caller, accountOf(c, user_id), hold_id));
  });

  /** Spends from a hold; the rest comes back. 404 `hold_not_found`, 409 `hold_settled`, 402 `insufficient_tokens`. */
  app.post("/holds/:id/capture", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id, amount } = await readOptionalBody(c, CaptureRequest);
    return await answerSettlement(c, { user_id, hold_id, status: "captured", amount });
  });

  /** Gives all of a hold back. 404 `hold_not_found`, 409 `hold_settled`. */
  app.post("/holds/:id/release", userOrServer, async (c) => {
    const hold_id = idParameter(c, z.guid(), "hold_not_found");
    const { user_id } = await readOptionalBody(c, ReleaseRequest);
    return await answerSettlement(c, { user_id, hold_id, status: "released" });
  });

  /** Below how many tokens the owner is told, null where they are not. */
  app.get("/low_balance_threshold", userOrServer, async (c) => {
    const { user_id } = readQuery(c, AccountQuery);
    return c.json({ threshold: await readThreshold(databases, c.var.caller, accountOf(c, user_id)) });
  });

  /** Sets it: from then on each debit that takes the balance below it makes one notice. */
  app.put("/low_balance_threshold", userOrServer, async (c) => {
    const { user_id, threshold } = await readBody(c, ThresholdRequest);
    return c.json({ threshold: await setThreshold(databases, c.var.caller, accountOf(c, user_id), threshold) });
  });

  /** Sends the notices that are due. 503 `misconfigured` where it is not said whereto. */
  app.post("/notices/deliver", server, async (c) => c.json(await deliverNotices(databases, settings.notices)));

  async function answerSettlement(
    c: Context<CallerEnv<Caller>>,
    { user_id, ...settlement }: {
      user_id: string | undefined;
      hold_id: string;
      status: "captured" | "released";
      amount?: number | undefined;
    },
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

export default createTokens(settings);

/** The `:id` of the path. An id of the wrong form names nothing, hence a 404. */
function idParameter(c: Context, schema: z.ZodType<string>, missing: "hold_not_found" | "transaction_not_found") {
  const id = schema.safeParse(c.req.param("id"));
  if (!id.success) throw new Problem(missing);
  return id.data;
}

function replayHeader(replayed: boolean): Record<string, string> {
  return replayed ? { "idempotent-replayed": "true" } : {};
}
