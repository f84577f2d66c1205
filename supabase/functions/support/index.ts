import type { Context } from "hono";
import * as z from "zod";
import { createApp } from "../_shared/app.ts";
import { readBody, readQuery, refuseQuery } from "../_shared/body.ts";
import { anyone, type CallerEnv, staff } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { readIdempotencyKey } from "../_shared/idempotency.ts";
import type { User } from "../_shared/identity.ts";
import { Problem, type ProblemCode, validationFailed } from "../_shared/problem.ts";
import { adjust, releaseHold, retryEvent, reverse } from "./actions.ts";
import { connectTrusted } from "./database.ts";
import { listHolds, listLog, listPurchases, listTransactions, readPerson, search } from "./people.ts";
import { askProviders } from "./providers.ts";
import {
  AskRequest,
  PageQuery,
  PersonPurchasesQuery,
  RetryRequest,
  SearchRequest,
  StaffAdjustmentRequest,
  StaffReleaseRequest,
  StaffReversalRequest,
} from "./schema.ts";
import { settings, type SupportSettings } from "./settings.ts";

/** The support desk: the staff finds people, looks at what happened to their tokens and payments, and mends it. */
export function createSupport({ platform, missing }: SupportSettings) {
  const app = createApp("support", { platform, missing });
  const trusted = connectTrusted(platform);
  const { database } = trusted;

  app.get("/health", anyone, answerHealth(platform));

  /**
   * Answers who has an e-mail address, an id or a payment: in a body, since addresses do not belong into the log of a
   * gateway. 404 `user_not_found` where there is nobody and nothing.
   */
  app.post("/search", staff, async (c) => {
    const found = await search(database, c.var.caller, await readBody(c, SearchRequest));
    if (found.people.length === 1) c.set("account", found.people[0]!.user_id);
    return c.json(found);
  });

  /** Answers a person's account and balance. 404 `user_not_found`. */
  app.get("/people/:id", staff, async (c) => {
    refuseQuery(c);
    return c.json(await readPerson(database, c.var.caller, personOf(c)));
  });

  /** Answers one page of a person's ledger, newest first. 404 `user_not_found`. */
  app.get("/people/:id/transactions", staff, async (c) => {
    const page = readQuery(c, PageQuery);
    return c.json(await listTransactions(database, c.var.caller, personOf(c), page));
  });

  /** Answers a person's open holds. 404 `user_not_found`. */
  app.get("/people/:id/holds", staff, async (c) => {
    refuseQuery(c);
    return c.json(await listHolds(database, c.var.caller, personOf(c)));
  });

  /** Answers one page of a person's purchases with their provider's events, newest first. 404 `user_not_found`. */
  app.get("/people/:id/purchases", staff, async (c) => {
    const page = readQuery(c, PersonPurchasesQuery);
    return c.json(await listPurchases(database, c.var.caller, personOf(c), page));
  });

  /** Answers one page of what the staff looked at and did for a person, newest first. 404 `user_not_found`. */
  app.get("/people/:id/log", staff, async (c) => {
    const page = readQuery(c, PageQuery);
    return c.json(await listLog(database, c.var.caller, personOf(c), page));
  });

  /**
   * Credits or debits a person, with a reason. 403 `own_account`, 404 `user_not_found`, 402 `insufficient_tokens`,
   * 422 `balance_limit`.
   */
  app.post("/people/:id/adjustments", staff, async (c) => {
    const adjustment = await readBody(c, StaffAdjustmentRequest);
    return answerAction(c, await adjust(database, c.var.caller, personOf(c), adjustment, requiredKey(c)));
  });

  /**
   * Takes back one entry of a person's ledger, once. 404 `transaction_not_found`, 409 `transaction_already_reversed` or
   * `transaction_not_reversible`, 402 `insufficient_tokens` unless `allow_partial`, 403 `own_account`.
   */
  app.post("/people/:id/transactions/:transaction_id/reversal", staff, async (c) => {
    const transaction_id = parameter(c, "transaction_id", z.string().regex(/^[1-9]\d{0,15}$/), "transaction_not_found");
    const reversal = { ...await readBody(c, StaffReversalRequest), transaction_id: Number(transaction_id) };
    return answerAction(c, await reverse(database, c.var.caller, personOf(c), reversal, requiredKey(c)));
  });

  /** Gives all tokens of a hold back, whoever placed it. 404 `hold_not_found`, 409 `hold_settled`, 403 `own_account`. */
  app.post("/people/:id/holds/:hold_id/release", staff, async (c) => {
    const hold_id = parameter(c, "hold_id", z.guid(), "hold_not_found");
    const release = { ...await readBody(c, StaffReleaseRequest), hold_id };
    return answerAction(c, await releaseHold(database, c.var.caller, personOf(c), release, requiredKey(c)));
  });

  /** Tries an event again that is under review. 404 `event_not_found`, 409 `event_not_in_review`, 403 `own_account`. */
  app.post("/events/retry", staff, async (c) => {
    const event = await readBody(c, RetryRequest);
    return answerAction(c, await retryEvent(database, c.var.caller, event, requiredKey(c)));
  });

  /** Asks the providers for what their webhooks missed. Repeat it with its key until `is_done`. */
  app.post("/reconcile", staff, async (c) => {
    const { reason } = await readBody(c, AskRequest);
    return c.json(await askProviders(trusted, c.var.caller, reason, requiredKey(c)));
  });

  return app;
}

/** The person whom the path names, also in the log line. 404 `user_not_found` for what is no id of anybody. */
function personOf(c: Context<CallerEnv<User>>): string {
  const user_id = parameter(c, "id", z.guid(), "user_not_found");
  c.set("account", user_id);
  return user_id;
}

/** A part of the path. One of the wrong form names nothing, hence a 404. */
function parameter(c: Context, name: string, schema: z.ZodType<string>, missing: ProblemCode): string {
  const value = schema.safeParse(c.req.param(name));
  if (!value.success) throw new Problem(missing);
  return value.data;
}

/** The key of an action: a person clicks twice, and their browser repeats what was not answered. 422 without one. */
function requiredKey(c: Context): string {
  const key = readIdempotencyKey(c);
  if (key === undefined) throw validationFailed([{ path: "Idempotency-Key", message: "Required" }]);
  return key;
}

function answerAction(c: Context, { answer, replayed }: { answer: Record<string, unknown>; replayed: boolean }) {
  return c.json(answer, 200, replayed ? { "idempotent-replayed": "true" } : {});
}

export default createSupport(settings);
