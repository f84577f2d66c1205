import type { Operations } from "./operations.d.ts";
import type { Problem } from "./types.d.ts";

export type * from "./types.d.ts";
export type { Operations } from "./operations.d.ts";

/** What a client for trusted servers is made of: it acts for the users it names. Keep it out of browsers. */
export interface ServerSettings extends SharedSettings {
  /** The secret key of the Supabase project. */
  secretKey: string;
  publishableKey?: undefined;
  getAccessToken?: undefined;
}

/** What a client for one user is made of, in a browser or elsewhere. */
export interface UserSettings extends SharedSettings {
  /** The publishable key of the Supabase project. */
  publishableKey: string;
  /** The user's access token, asked for before each request; null or undefined while nobody is signed in. */
  getAccessToken?: () => AccessToken | Promise<AccessToken>;
  secretKey?: undefined;
}

type AccessToken = string | null | undefined;

export interface SharedSettings {
  /** The address of the Supabase project, as supabase-js takes it. */
  url: string;
  /** In place of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** How often a request is sent again, at most: 3 unless told. */
  maxRetries?: number;
  /** Milliseconds before the first retry, doubled with each, where the answer names no time: 500 unless told. */
  retryDelayMs?: number;
  /** Milliseconds for each attempt to be answered in: 30,000 unless told. */
  timeoutMs?: number;
}

/** The client of Tally. Its methods are named as the operations of the API: `tally.tokens.deduct({ amount: 5 })`. */
export function createTally(settings: UserSettings | ServerSettings): Tally;

export type Tally = Operations;

/** The code of a refusal of Tally, or of a call that Tally gave no answer to. */
export type ProblemCode =
  | Problem["code"]
  | "network_error"
  | "unexpected_answer";

/** Thrown in place of an answer. Decide by `code`. */
export class TallyProblem extends Error {
  override name: "TallyProblem";
  /** One of `ProblemCode`; a later service may have more. */
  readonly code: ProblemCode | (string & Record<never, never>);
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly title: string;
  /** For the person who reads it. */
  readonly detail: string;
  /** Finds the request in the service's log. */
  readonly request_id?: string;
  /** With `validation_failed`: each field at fault. */
  readonly errors?: { path: string; message: string }[];
  /** With `insufficient_tokens`: the balance. */
  readonly token?: number;
  /** With `hold_settled`: the final state. */
  readonly hold?: Record<string, unknown>;
  /** With `weak_password`: what it lacks. */
  readonly reasons?: string[];
  /** Seconds after which the service asks to be called again. */
  readonly retryAfterSeconds?: number;
  /** The key that a write was sent with: send it again with the same one, and it has one effect. */
  readonly idempotencyKey?: string;

  constructor(
    members: { code: string; status: number; [member: string]: unknown },
    options?: { cause?: unknown },
  );
}

/** What each call takes beside its input. */
export interface CallOptions {
  /** Aborts the call, its retries and the waits between them; the call then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What a call takes that has one effect, however often it is sent. */
export interface KeyedOptions extends CallOptions {
  /** The same for each attempt at one thing: 1 to 255 printable ASCII characters. Made at random unless told. */
  idempotencyKey?: string | undefined;
}

/** What a write of a document takes that others may change at the same time. */
export interface ConditionalOptions extends CallOptions {
  /** The `etag` of the version to change: another one is refused with `precondition_failed`. */
  ifMatch?: string | undefined;
  /** `*` to change nothing that is there already. */
  ifNoneMatch?: string | undefined;
}

type None = Record<never, never>;
type Fields<T> = [NonNullable<T>] extends [never] ? None : NonNullable<T>;

/** An id in a path may stay the number that it came as. */
type OrNumbers<T> = { [Name in keyof T]: T[Name] | number };

/** The parameters and the body of an operation, in one object. */
export type Input<Data extends { body?: unknown; path?: unknown; query?: unknown }> =
  & Fields<Data["body"]>
  & OrNumbers<Fields<Data["path"]>>
  & Fields<Data["query"]>;

/** A method of the client; its input may be left out where nothing in it is required. */
export type Method<In, Out, Options = CallOptions> = None extends In ? (input?: In, options?: Options) => Promise<Out>
  : (input: In, options?: Options) => Promise<Out>;

/** A method that returns one page; `all` goes on from page to page as its items are asked for. */
export type PagedMethod<In, Out, Items extends keyof Out> = Method<In, Out> & {
  all(
    input?: Omit<In, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Out[Items] extends (infer Item)[] ? Item : never, void, void>;
};

/** An answer with the version that it shows. */
export type Versioned<Out> = Out & { etag: string };
