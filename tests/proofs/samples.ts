/** Rows and arguments to try a door with, made from what the catalogue says of it: no list to keep. */
import type { Database } from "../support/own_stack.ts";

/** The tables and views of the exposed schema, each with its columns that can be written. */
export interface Relation {
  name: string;
  is_table: boolean;
  columns: { name: string; type: string; required: boolean }[];
}

/** A function of the exposed schema with the arguments that it cannot do without. */
export interface Callable {
  name: string;
  required_arguments: { name: string; type: string }[];
}

export async function readRelations(sql: Database): Promise<Relation[]> {
  return [
    ...await sql<Relation[]>`
      select c.relname as name, c.relkind in ('r', 'p') as is_table, (
        select coalesce(json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, null), 'required', a.attnotnull and not a.atthasdef
        ) order by a.attnum), '[]')
        from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '' and a.attidentity <> 'a'
      ) as columns
      from pg_class as c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') order by c.relname
    `,
  ];
}

export async function readCallables(sql: Database): Promise<Callable[]> {
  return [
    ...await sql<Callable[]>`
      select p.proname as name, (
        select coalesce(json_agg(json_build_object(
          'name', p.proargnames[n], 'type', format_type(p.proargtypes[n - 1], null)
        ) order by n), '[]')
        from generate_series(1, p.pronargs - p.pronargdefaults) as n
      ) as required_arguments
      from pg_proc as p where p.pronamespace = 'public'::regnamespace order by p.proname
    `,
  ];
}

/** A value of a type, as JSON carries it. Ids of users are the owner's, whose doors are tried. */
export function sampleOf({ name, type }: { name: string; type: string }, owner_id: string): unknown {
  if (/^(p_)?user_id$/.test(name)) return owner_id;
  switch (type) {
    case "uuid":
    case "text":
      return crypto.randomUUID();
    case "integer":
    case "bigint":
    case "numeric":
      return 1;
    case "boolean":
      return false;
    case "jsonb":
      return {};
    case "timestamp with time zone":
      return new Date().toISOString();
    case "bytea":
      return "\\x00";
  }
  throw new Error(`${name} is of type ${type}: give sampleOf in tests/proofs/samples.ts a value of that type`);
}

/** A row with what the table requires, and the owner's name on it where it has a place for one. */
export function sampleRow({ columns }: Relation, owner_id: string): Record<string, unknown> {
  return Object.fromEntries(
    columns.filter(({ name, required }) => required || name === "user_id")
      .map((column) => [column.name, sampleOf(column, owner_id)]),
  );
}

/** Arguments with which a function can be called. */
export function sampleArguments({ required_arguments }: Callable, owner_id: string): Record<string, unknown> {
  return Object.fromEntries(required_arguments.map((argument) => [argument.name, sampleOf(argument, owner_id)]));
}
