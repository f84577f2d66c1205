/**
 * The queries of the functions, as calls of the database's REST API (PostgREST): `rpc` and `from`, in the words of
 * supabase-js. Small, since a debit is one such call: a general client takes longer over it than all else together.
 */
import type { Database } from "./database.ts";

type Functions = Database["public"]["Functions"];
type Relations = Database["public"]["Tables"] & Database["public"]["Views"];
type RowOf<Returns> = Returns extends (infer Row)[] ? Row : Returns;
type Table<Name extends keyof Relations> = Relations[Name] extends { Insert: infer Insert; Update: infer Update }
  ? { insert: Insert; update: Update }
  : { insert: never; update: never };

/** The names in a list of columns such as `"id, amount"`. */
type Names<List extends string> = List extends `${infer First},${infer Rest}` ? Trimmed<First> | Names<Rest>
  : Trimmed<List>;
type Trimmed<Name extends string> = Name extends ` ${infer Rest}` ? Trimmed<Rest> : Name;
/** The columns that a list names. `"*"` stands for all of them, and for a list that only the caller knows. */
type Selected<Row, List extends string> = List extends "*" ? Row : Pick<Row, Names<List> & keyof Row>;
/** A list of columns that a row has, and of no other ones. */
type ColumnList<Row, List extends string> = List extends "*" ? List : Names<List> extends keyof Row ? List : never;

/** A call, and how it is sent. Made by `Query`, sent by `connect` of clients.ts. */
export interface Call {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The path below `/rest/v1`, with its parameters. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** What the database answered: data, or why there is none. `status` is 0 where there was no answer. */
export type Answer<Data> =
  | { data: Data; error: null; status: number }
  | { data: null; error: DatabaseError; status: number };

/** An error of Postgres by its SQLSTATE, or of PostgREST by its own code. */
export interface DatabaseError {
  code: string;
  message: string;
  details: string;
}

/** Sends a call; never throws. */
export type Send = (call: Call) => Promise<Answer<unknown>>;

/** A client of the database. */
export class DatabaseClient {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Calls a function. */
  rpc<Name extends keyof Functions & string>(
    name: Name,
    args: Functions[Name]["Args"],
  ): Query<RowOf<Functions[Name]["Returns"]>, RowOf<Functions[Name]["Returns"]>, Functions[Name]["Returns"]> {
    return new Query(this.#send, "POST", `/rpc/${name}`, JSON.stringify(args));
  }

  /** Reads or writes a table, or reads a view. */
  from<Name extends keyof Relations & string>(name: Name) {
    type Row = Relations[Name]["Row"];
    const query = (method: Call["method"], row?: unknown) =>
      new Query<Row, Row, null>(this.#send, method, `/${name}`, row === undefined ? undefined : JSON.stringify(row));
    return {
      /** Reads rows, in no order unless one is asked for. */
      select: <List extends string>(columns: ColumnList<Row, List>) => query("GET").select(columns),
      /** Writes a row where the columns `onConflict` name none, and replaces the one that is there, or leaves it. */
      upsert: (row: Table<Name>["insert"], { onConflict, ignoreDuplicates = false }: UpsertOptions) =>
        query("POST", row)
          .parameter("on_conflict", onConflict)
          .prefer(`resolution=${ignoreDuplicates ? "ignore" : "merge"}-duplicates`),
      /** Changes the rows that the filters let through. */
      update: (row: Table<Name>["update"]) => query("PATCH", row),
      /** Removes the rows that the filters let through. */
      delete: () => query("DELETE"),
    };
  }
}

interface UpsertOptions {
  onConflict: string;
  ignoreDuplicates?: boolean;
}

type Value = string | number | boolean;

/**
 * A query of a table, a view or a function: awaiting it sends it. `Row` has the columns that there are, `Picked` those
 * that are answered.
 */
export class Query<Row, Picked, Data> implements PromiseLike<Answer<Data>> {
  readonly #send: Send;
  readonly #method: Call["method"];
  readonly #headers: Record<string, string> = {};
  readonly #body: string | undefined;
  #path: string;
  #has_parameters = false;
  #order = "";
  #takes_first = false;

  constructor(send: Send, method: Call["method"], path: string, body: string | undefined) {
    this.#send = send;
    this.#method = method;
    this.#path = path;
    this.#body = body;
  }

  /** Names the columns to answer, of a write too. */
  select<List extends string>(columns: ColumnList<Row, List>): Query<Row, Selected<Row, List>, Selected<Row, List>[]> {
    if (this.#method !== "GET") this.prefer("return=representation");
    return this.parameter("select", columns.replaceAll(" ", "")) as never;
  }

  eq<Column extends keyof Row & string>(column: Column, value: Row[Column] & Value): this {
    return this.filter(column, "eq", String(value));
  }

  gt<Column extends keyof Row & string>(column: Column, value: Row[Column] & Value): this {
    return this.filter(column, "gt", String(value));
  }

  gte<Column extends keyof Row & string>(column: Column, value: Row[Column] & Value): this {
    return this.filter(column, "gte", String(value));
  }

  lt<Column extends keyof Row & string>(column: Column, value: Row[Column] & Value): this {
    return this.filter(column, "lt", String(value));
  }

  lte<Column extends keyof Row & string>(column: Column, value: Row[Column] & Value): this {
    return this.filter(column, "lte", String(value));
  }

  in(column: keyof Row & string, values: Value[]): this {
    return this.filter(column, "in", `(${values.map(quoted).join(",")})`);
  }

  /** Lets through rows that have a value there. */
  not<Column extends keyof Picked & string>(column: Column, operator: "is", value: null) {
    type Present = Picked & Record<Column, NonNullable<Picked[Column]>>;
    return this.parameter(column, `not.${operator}.${value}`) as unknown as Query<Row, Present, Present[]>;
  }

  or(conditions: string): this {
    return this.parameter("or", `(${conditions})`);
  }

  /** A condition in PostgREST's own words. */
  filter(column: keyof Row & string, operator: string, value: string): this {
    return this.parameter(column, `${operator}.${value}`);
  }

  /** Orders by a column, after those that were named before it. */
  order(column: keyof Row & string, { ascending = true } = {}): this {
    this.#order += `${this.#order === "" ? "" : ","}${column}.${ascending ? "asc" : "desc"}`;
    return this;
  }

  limit(rows: number): this {
    return this.parameter("limit", String(rows));
  }

  /** The one row, where it is known that there is one. */
  single(): Query<Row, Picked, Picked> {
    this.#headers.accept = "application/vnd.pgrst.object+json";
    return this as never;
  }

  /** The row, or null where there is none. */
  maybeSingle(): Query<Row, Picked, Picked | null> {
    this.#takes_first = true;
    return this as never;
  }

  parameter(name: string, value: string): this {
    this.#path += `${this.#has_parameters ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
    this.#has_parameters = true;
    return this;
  }

  prefer(preference: string): this {
    const { prefer } = this.#headers;
    this.#headers.prefer = prefer === undefined ? preference : `${prefer},${preference}`;
    return this;
  }

  then<Fulfilled = Answer<Data>, Rejected = never>(
    fulfilled?: ((answer: Answer<Data>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    rejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.#ask().then(fulfilled, rejected);
  }

  async #ask(): Promise<Answer<Data>> {
    if (this.#order !== "") this.parameter("order", this.#order);
    const answer = await this.#send({
      method: this.#method,
      path: this.#path,
      headers: this.#headers,
      body: this.#body,
    }) as Answer<Data>;
    if (!this.#takes_first || !Array.isArray(answer.data)) return answer;
    return { ...answer, data: answer.data[0] ?? null };
  }
}

/** A value of a list, quoted where it has a character that means something in one. */
function quoted(value: Value): string {
  const text = String(value);
  return /[,()"\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}
