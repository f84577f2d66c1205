import type postgres from "postgres";
import { publishable_key, type Stack } from "../../local/stack.ts";
import type { Database } from "../support/own_stack.ts";
import { signUp, signUpStaff } from "../support/wallets.ts";
import { type Actor, actors, type Doors } from "./listed_doors.ts";
import { readCallables, readRelations, type Relation, sampleArguments, sampleOf, sampleRow } from "./samples.ts";

/** The code of a shut door. Whatever else goes wrong goes wrong behind it: then it was open. */
const insufficient_privilege = "42501";

/**
 * Tries the tables and functions of the exposed schema as everybody: all of them, or those of a name. Afterwards the
 * database is of no use for anything else.
 */
export async function tryDoors(stack: Stack, sql: Database, names?: string[]): Promise<Doors> {
  await dropChecks(sql);
  const [owner, other, staff] = [await signUp(stack), await signUp(stack), await signUpStaff(stack, sql)];
  const bearers: Record<Actor, string | undefined> = {
    anonymous: undefined,
    user: owner.access_token,
    "other user": other.access_token,
    staff: staff.access_token,
  };
  const request = async (actor: Actor, method: string, path: string, body?: unknown) => {
    const bearer = bearers[actor];
    const response = await fetch(`${stack.url}/rest/v1/${path}`, {
      method,
      headers: {
        apikey: publishable_key,
        "content-type": "application/json",
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === "" ? undefined : JSON.parse(text);
    if (response.status === 404) throw new Error(`${method} ${path} is not there: ${text}`);
    return { answer, opened: response.ok || answer.code !== insufficient_privilege };
  };

  const relations = await readRelations(sql);
  const tables = relations.filter(({ is_table }) => is_table);
  const has_owner = (relation: Relation) => relation.columns.some(({ name }) => name === "user_id");
  const clear = () =>
    asReplica(sql, async (transaction) => {
      for (const table of tables.filter(has_owner)) {
        await transaction`delete from ${sql(table.name)} where user_id = ${owner.id}`;
      }
    });
  /** One row of the owner in each table, and no other of theirs, past triggers and foreign keys. */
  const prepare = async () => {
    await clear();
    await asReplica(sql, async (transaction) => {
      for (const table of tables) await insertRow(transaction, table, owner.id);
    });
  };
  // Any row of the owner, or of nobody, that came, went or changed, in any table: whichever door it came through.
  const state = async () =>
    JSON.stringify(
      await Promise.all(tables.map((table) =>
        sql`
          select t.xmin::text, t.ctid::text from ${sql(table.name)} as t
          where coalesce(to_jsonb(t) ->> 'user_id', ${owner.id}) = ${owner.id} order by t.ctid
        `
      )),
    );
  const whoWrites = async (attempt: (actor: Actor) => Promise<boolean>, before: () => Promise<unknown>) => {
    const who: Actor[] = [];
    for (const actor of actors) {
      await before();
      const untouched = await state();
      const opened = await attempt(actor);
      if (opened || await state() !== untouched) who.push(actor);
    }
    return who;
  };

  const is_wanted = ({ name }: { name: string }) => names?.includes(name) ?? true;
  const found: Doors = {};
  for (const relation of relations.filter(is_wanted)) {
    const { name, columns } = relation;
    await prepare();
    const of_owner = has_owner(relation) ? `${name}?user_id=eq.${owner.id}` : `${name}?${columns[0]!.name}=not.is.null`;
    // Column by column: one that may be read, set or changed is a door.
    const ofColumns = async <T>(attempt: (column: { name: string; type: string }) => Promise<T>) =>
      await Promise.all(columns.map(attempt));
    const reads = await Promise.all(actors.map(async (actor) => {
      const rows = await ofColumns(({ name }) => request(actor, "GET", `${of_owner}&select=${name}`));
      return rows.some(({ answer }) => Array.isArray(answer) && answer.length > 0) ? [actor] : [];
    }));
    const named = has_owner(relation) ? { user_id: owner.id } : {};
    found[name] = {
      read: reads.flat(),
      insert: await whoWrites(async (actor) => {
        const attempts = [
          await request(actor, "POST", name, sampleRow(relation, owner.id)),
          ...await ofColumns((column) =>
            request(actor, "POST", name, { ...named, [column.name]: sampleOf(column, owner.id) })
          ),
        ];
        // A view that computes its columns refuses them before it asks who is there.
        return relation.is_table && attempts.some(({ opened }) => opened);
      }, clear),
      // Neither refused nor done is what becomes of rows that the caller does not see.
      update: await whoWrites(async (actor) => {
        await ofColumns((column) => request(actor, "PATCH", of_owner, { [column.name]: sampleOf(column, owner.id) }));
        return false;
      }, prepare),
      delete: await whoWrites(async (actor) => {
        await request(actor, "DELETE", of_owner);
        return false;
      }, prepare),
      truncate: await whoTruncates(sql, name),
    };
  }
  for (const callable of (await readCallables(sql)).filter(is_wanted)) {
    const call = sampleArguments(callable, owner.id);
    const attempts = await Promise.all(actors.map(async (actor) => {
      const { opened } = await request(actor, "POST", `rpc/${callable.name}`, call);
      return opened ? [actor] : [];
    }));
    found[callable.name] = { execute: attempts.flat() };
  }
  return found;
}

/** Doors are about privileges: what a check would refuse behind them is let through, so that any row will do. */
async function dropChecks(sql: Database) {
  const checks = await sql`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where connamespace = 'public'::regnamespace and contype = 'c'
  `;
  for (const { table, name } of checks) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
}

async function asReplica(sql: Database, run: (transaction: postgres.TransactionSql) => Promise<void>) {
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`;
    await run(transaction);
  });
}

async function insertRow(transaction: postgres.TransactionSql, relation: Relation, owner_id: string) {
  const { name } = relation;
  const row = sampleRow(relation, owner_id) as postgres.JSONValue & object;
  const columns = Object.keys(row);
  try {
    await transaction`
      insert into ${transaction(name)} (${transaction(columns)})
      select ${transaction(columns)} from jsonb_populate_record(null::${transaction(name)}, ${transaction.json(row)})
    `;
  } catch (error) {
    throw new Error(`tests/proofs/samples.ts makes no row that ${name} takes: ${(error as Error).message}`);
  }
}

/** Truncating is no part of the REST API: asked of the role that it acts as. */
async function whoTruncates(sql: Database, table: string): Promise<Actor[]> {
  const who: Actor[] = [];
  for (const actor of actors) {
    const refused = await sql.begin(async (transaction) => {
      await transaction.unsafe(`set local role ${actor === "anonymous" ? "anon" : "authenticated"}`);
      await transaction`truncate ${transaction(table)}`;
      throw new Error("it went through: roll back");
    }).catch((error) => !error.message.startsWith("it went through"));
    if (!refused) who.push(actor);
  }
  return who;
}
