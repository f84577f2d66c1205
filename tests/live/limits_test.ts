// Goal: the limits that docs/api.md names are those of the database. Method: fill it to each of them, and one beyond.
import assert from "node:assert/strict";
import { limits_of_database, readLimits, requireLimit } from "../docs/limits.ts";
import { newStaff } from "../support/staff.ts";
import { newUser, sql } from "../support/stack.ts";
import { newWallet, refusalOf } from "../support/wallets.ts";

/** The bytes that an object with one text takes besides the text, as stored: `{"text": ""}`. */
const rest_bytes = 12;
const filled = (bytes: number) => ({ text: "x".repeat(bytes - rest_bytes) });

/** How each of the limits is filled; false where it does not take that much. */
const fill: Record<string, (value: number) => Promise<boolean>> = {
  "a balance, with what is held": async (balance) => {
    const user_id = await newWallet(sql, 0);
    const half = Math.floor(balance / 3);
    return await accepted("balance_limit", async () => {
      for (const amount of [half, half, balance - 2 * half]) {
        await sql`select adjust_tokens(${user_id}, ${amount}, 'add')`;
      }
    });
  },
  "open holds of an account": async (count) => {
    const user_id = await newWallet(sql, count);
    return await accepted("hold_limit", async () => {
      await sql`select hold_tokens(${user_id}, 1, 600) from generate_series(1, ${count})`;
    });
  },
  "pending purchases of an account": async (count) => {
    const user_id = await newWallet(sql, 0);
    return await accepted("purchase_limit", async () => {
      await sql`select create_purchase(${user_id}, 'small', 'standard', false) from generate_series(1, ${count})`;
    });
  },
  "sessions of a user": async (count) => {
    const user_id = await newWallet(sql, 0);
    await sql`insert into auth.sessions (id, user_id, created_at)
      select gen_random_uuid(), ${user_id}, now() from generate_series(1, ${count})`;
    await sql`select record_sign_in(${user_id})`;
    const [left] = await sql`select count(*)::integer as count from auth.sessions where user_id = ${user_id}`;
    return left!.count === count;
  },
  "looks and actions of a member of staff in an hour": async (count) => {
    const [staff, user_id] = [await newStaff(), await newWallet(sql, 0)];
    await sql`insert into support_log (staff_id, action) select ${staff.id}, 'search' from generate_series(2, ${count})`;
    const { status, body } = await staff.call("GET", `/support/people/${user_id}`);
    assert.equal(body.code, status === 200 ? undefined : "too_many_requests");
    return status === 200;
  },
  "metadata as stored": async (bytes) => {
    const user_id = await newWallet(sql, 2);
    const metadata = sql.json(filled(bytes));
    const answers = [
      await accepted(
        "validation_failed",
        () => sql`select adjust_tokens(${user_id}, -1, 'deduct', null, null, ${metadata})`,
      ),
      await accepted("validation_failed", () => sql`select hold_tokens(${user_id}, 1, 60, null, null, ${metadata})`),
    ];
    assert.equal(answers[0], answers[1], "an entry and a hold differ");
    return answers[0]!;
  },
  "a CV as stored": (bytes) => storesCv(filled(bytes)),
  "levels of a CV": async (levels) => {
    let cv = {};
    for (let level = 1; level < levels; level++) cv = { inner: cv };
    const stored = await storesCv(cv);
    const user = await newUser();
    const { status } = await user.call("POST", "/profile", { body: { profile_data: cv } });
    assert.equal(status, stored ? 201 : 422, "the function and the database differ");
    return stored;
  },
};

Deno.test("every limit of the database is tried", () => {
  assert.deepEqual(Object.keys(fill).sort(), limits_of_database.toSorted());
});

for (const limit of readLimits()) {
  const takes = fill[limit.name];
  if (takes === undefined) continue;
  Deno.test(`docs/api.md is right about ${limit.name}`, async () => await requireLimit(limit, takes));
}

/** Whether something is done; false where it is refused with this code. */
async function accepted(code: string, attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    assert.equal(refusalOf(error), code);
    return false;
  }
}

async function storesCv(cv: object): Promise<boolean> {
  const user_id = await newWallet(sql, 0);
  try {
    await sql`insert into profiles (user_id, profile_data) values (${user_id}, ${sql.json(cv as never)})`;
    return true;
  } catch (error) {
    // A constraint of the table refuses it.
    assert.equal((error as { code?: string }).code, "23514");
    return false;
  }
}
