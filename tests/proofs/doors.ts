import { connectDatabase, ownStack } from "../support/own_stack.ts";
import type { Experiment } from "./experiment.ts";
import { tryDoors } from "./door_trials.ts";
import { actors, type Doors, listedDoors } from "./listed_doors.ts";

/** Every table and function of the exposed schema, by trying each of its doors as everybody. */
export const doors: Experiment = {
  number: 8,
  name: "The door matrix",
  invariant: "the API opens what doors.json lists, and nothing else",
  async run({ log }) {
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 2);

    const found = await tryDoors(stack, sql);
    const differences = compare(listedDoors(), found);
    differences.forEach(log);
    const tried = Object.values(found).reduce((sum, operations) => sum + Object.keys(operations).length, 0);

    // The mistake of the service that this one replaces, and what somebody adds without saying so anywhere.
    await sql`grant update (token) on user_tokens to authenticated`;
    await sql`create policy "users update their own balance" on user_tokens
      for update to authenticated using ((select auth.uid()) = user_id)`;
    await sql`create table later (id integer not null, name text not null)`;
    await sql`grant select, insert on later to authenticated`;
    await sql`create function take(p_user_id uuid, p_amount integer) returns integer language sql return p_amount`;
    await sql`grant execute on function take to anon`;
    // REST reads the schema when it starts.
    const { pid } = stack.upstream;
    Deno.kill(pid, "SIGKILL");
    while (stack.upstream.pid === pid) await new Promise((resolve) => setTimeout(resolve, 10));
    await stack.upstream.ready;
    const names = ["user_tokens", "later", "take"];
    const planted = compare(
      Object.fromEntries(Object.entries(listedDoors()).filter(([name]) => names.includes(name))),
      await tryDoors(stack, sql, names),
    );
    const expected = [
      "user_tokens update: user, listed nobody",
      "later read: user, other user, staff, listed nowhere",
      "later insert: user, other user, staff, listed nowhere",
      ...["update", "delete", "truncate"].map((operation) => `later ${operation}: nobody, listed nowhere`),
      "take execute: anonymous, listed nowhere",
    ];
    return [
      {
        what: `${tried * actors.length} doors`,
        expected: "0 differences",
        seen: `${differences.length} differences`,
        passed: differences.length === 0,
      },
      {
        what: "control: users may update their own balance, a new table and a new function are open",
        expected: "found",
        seen: planted.join("; ") || "not found",
        passed: planted.join() === expected.join(),
      },
    ];
  },
};

/** A line for each door that opened for others than listed, or that only one side knows. */
function compare(listed: Doors, found: Doors): string[] {
  const lines = (doors: Doors) =>
    new Map(
      Object.entries(doors).flatMap(([name, operations]) =>
        Object.entries(operations).map(([operation, who]) => [`${name} ${operation}`, who.join(", ") || "nobody"])
      ),
    );
  const [expected, seen] = [lines(listed), lines(found)];
  return [...new Set([...expected.keys(), ...seen.keys()])]
    .filter((door) => expected.get(door) !== seen.get(door))
    .map((door) => `${door}: ${seen.get(door) ?? "gone"}, listed ${expected.get(door) ?? "nowhere"}`);
}
