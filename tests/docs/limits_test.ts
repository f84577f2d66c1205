// Goal: the limits that docs/api.md names are those of the code. Method: each value at its limit, and one beyond.
import assert from "node:assert/strict";
import type * as z from "zod";
import { PurchasesQuery, ReconcileRequest } from "../../supabase/functions/payments/schema.ts";
import * as tokens from "../../supabase/functions/tokens/schema.ts";
import * as support from "../../supabase/functions/support/schema.ts";
import { upstream_timeout_ms } from "../../supabase/functions/_shared/clients.ts";
import { IdempotencyKey } from "../../supabase/functions/_shared/idempotency.ts";
import { asServer, asUser, json, stubUpstream } from "../../supabase/functions/_testing/upstream.ts";
import { SignUpRequest } from "../../supabase/functions/auth/schema.ts";
import { apps } from "./apps.ts";
import { limits_of_database, readLimits, requireLimit } from "./limits.ts";
import { section } from "./pages.ts";

/** What a row of the table is about: the schemas that must accept a value, and the one that knows what is left out. */
interface Checked {
  accepts: (value: number) => boolean | Promise<boolean>;
  left_out?: () => number;
}

const user_id = crypto.randomUUID();
const operation = { user_id, amount: 1, reason: "x", actor: "x" };
const [email, password] = ["ada@example.com", "correct horse battery"];
const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
const text = (length: number) => "x".repeat(length);

const checks: Record<string, Checked> = {
  "an amount of tokens": {
    accepts: (amount) =>
      all([
        takes(tokens.AddTokensRequest, { amount }),
        takes(tokens.DeductTokensRequest, { amount }),
        takes(tokens.HoldRequest, { amount }),
        takes(tokens.CaptureRequest, { amount }),
        takes(tokens.AdjustmentRequest, { ...operation, amount }),
      ]),
  },
  "a threshold": { accepts: (threshold) => takes(tokens.ThresholdRequest, { threshold }) },
  "how long a hold lasts, ttl_seconds": {
    accepts: (ttl_seconds) => takes(tokens.HoldRequest, { amount: 1, ttl_seconds }),
    left_out: () => tokens.HoldRequest.parse({ amount: 1 }).ttl_seconds,
  },
  "rows of a page, limit": {
    accepts: (limit) =>
      all(
        [
          ...[tokens.TransactionsQuery, tokens.HoldsQuery, PurchasesQuery],
          ...[support.PageQuery, support.PersonPurchasesQuery],
        ].map((schema) => takes(schema, { limit: String(limit) })),
      ),
    left_out: () => tokens.TransactionsQuery.parse({}).limit,
  },
  "pages of a reconciliation in one call, max_pages": {
    accepts: (max_pages) => takes(ReconcileRequest, { max_pages }),
    left_out: () => ReconcileRequest.parse({}).max_pages,
  },
  "characters of a reference": {
    accepts: (length) =>
      all(
        [tokens.AddTokensRequest, tokens.HoldRequest].map((schema) =>
          takes(schema, { amount: 1, reference: text(length) })
        ),
      ),
  },
  "characters of a reason": {
    accepts: (length) => takes(tokens.AdjustmentRequest, { ...operation, reason: text(length) }),
  },
  "tokens of an adjustment by the staff": {
    accepts: (amount) => takes(support.StaffAdjustmentRequest, { amount, reason: "x" }),
  },
  "characters of a reason by the staff": {
    accepts: (length) =>
      all([
        takes(support.StaffAdjustmentRequest, { amount: 1, reason: text(length) }),
        takes(support.StaffReversalRequest, { reason: text(length) }),
      ]),
  },
  "characters of an actor": {
    accepts: (length) => takes(tokens.AdjustmentRequest, { ...operation, actor: text(length) }),
  },
  "characters of an Idempotency-Key": { accepts: (length) => takes(IdempotencyKey, text(length)) },
  "characters of an e-mail address": {
    accepts: (length) =>
      takes(SignUpRequest, { email: `${text(length - "@example.com".length)}@example.com`, password }),
  },
  "bytes of a password": { accepts: (bytes) => takes(SignUpRequest, { email, password: text(bytes) }) },
  "entity tags of an If-Match or If-None-Match": {
    accepts: async (count) => {
      using _upstream = stubUpstream(() => Response.json([]));
      const tags = Array.from({ length: count }, (_, index) => `"${index}"`).join(", ");
      const answers = ["if-match", "if-none-match"].map(async (name) =>
        (await apps.profile.request("/profile", { headers: { ...await asUser(), [name]: tags } })).status !== 422
      );
      return all(await Promise.all(answers));
    },
  },
  ...Object.fromEntries(
    Object.entries(apps).map(([name, app]) => [`a body sent to ${name}`, {
      // Refused for its size before anything else is looked at: the route need not take a body.
      accepts: async (bytes: number) =>
        (await app.request(`/${name}/health`, { method: "POST", body: text(bytes) })).status !== 413,
    }]),
  ),
};

Deno.test("every limit of docs/api.md is held to the code", () => {
  const held = [...Object.keys(checks), ...limits_of_database];
  assert.deepEqual(readLimits().map(({ name }) => name).sort(), held.sort());
});

for (const limit of readLimits()) {
  const check = checks[limit.name];
  if (check === undefined) continue;
  Deno.test(`docs/api.md is right about ${limit.name}`, async () => {
    await requireLimit(limit, check.accepts);
    assert.equal(check.left_out?.(), limit.left_out);
  });
}

Deno.test("docs/api.md is right about how long a call and a write may take", async () => {
  const [, call_s, write_s] =
    /longer than (\d+) seconds[^]*?more than (\d+) seconds/.exec(section("docs/api.md", "Limits")) ?? [];
  assert.equal(Number(call_s) * 1_000, upstream_timeout_ms);
  using upstream = stubUpstream(() => new Response(null, { status: 500 }));
  const sent_ms = Date.now();
  await apps.tokens.request("/tokens/add", json("POST", { user_id, amount: 1 }, asServer));
  const deadline_ms = Number(upstream.calls[0]!.headers.get("x-request-deadline"));
  assert.ok(Math.abs(deadline_ms - sent_ms - Number(write_s) * 1_000) < 1_000);
});

/** The answer of several schemas, which must be the same. */
function all(answers: boolean[]): boolean {
  assert.equal(new Set(answers).size, 1, "the routes differ");
  return answers[0]!;
}
