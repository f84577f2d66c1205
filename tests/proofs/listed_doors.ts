/** doors.json, the one list of who may do what: both checks of it read it here. */
import { join } from "node:path";

/**
 * Whoever tries a door: two users, since what is open to one need not be open to the other, and one of the support
 * staff, to whom the database opens no more than to them.
 */
export const actors = ["anonymous", "user", "other user", "staff"] as const;
export type Actor = typeof actors[number];

/** Who gets through to the rows of a user: table or function, operation, and for whom it opened. */
export type Doors = Record<string, Record<string, readonly Actor[]>>;

export const api_roles = ["anon", "authenticated", "service_role"] as const;

/** What doors.json says of a table or a function. A role that it does not name may do nothing. */
interface Listed extends Partial<Record<typeof api_roles[number], string[]>> {
  /** Which rows policies show to users: their own, or the same to everyone. Functions have none. */
  rows?: "own" | "all";
}

export const listed: Record<string, Listed> = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "doors.json")),
);

/** Every grant of doors.json as a line, in the words in which `readGrants` reads the catalogue. */
export function listedGrants(): string[] {
  return Object.entries(listed).flatMap(([name, permissions]) =>
    api_roles.flatMap((role) =>
      (permissions[role] ?? []).flatMap((permission) => {
        const [, operation, columns] = /^(\w+)(?: \((.+)\))?$/.exec(permission)!;
        const objects = columns?.split(", ").map((column) => `${name}.${column}`) ?? [name];
        return objects.map((object) => `${role} ${operation} ${object}`);
      })
    )
  ).sort();
}

const operations = { read: "select", insert: "insert", update: "update", delete: "delete", truncate: "truncate" };

/** The doors that must open, by what doors.json grants. */
export function listedDoors(): Doors {
  return Object.fromEntries(
    Object.entries(listed).map(([name, { rows, anon = [], authenticated = [], service_role = [] }]) => {
      const has = (grants: string[], operation: string) => grants.some((grant) => grant.split(" ")[0] === operation);
      const openTo = (operation: string): Actor[] => {
        const users: Actor[] = rows === "own" ? ["user"] : ["user", "other user", "staff"];
        return [
          ...has(anon, operation) ? ["anonymous" as const] : [],
          ...has(authenticated, operation) ? users : [],
        ];
      };
      const is_function = [...anon, ...authenticated, ...service_role].includes("execute");
      return [
        name,
        is_function
          ? { execute: openTo("execute") }
          : Object.fromEntries(Object.entries(operations).map(([door, operation]) => [door, openTo(operation)])),
      ];
    }),
  );
}
