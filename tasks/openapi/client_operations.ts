import type * as z from "zod";
import { domainOf, operations } from "./document.ts";
import { formatted } from "./formatted.ts";
import type { Operation } from "./operation.ts";

/** What the client calls: a provider's webhooks are for the provider to send. */
const called = Map.groupBy(
  operations.filter(({ who }) => who !== "provider"),
  domainOf,
);

const head = "// Written by `deno task openapi` from the routes in tasks/openapi.\n";

/** client/operations.js: what the client has to know of each route. */
export function buildOperations(): Promise<string> {
  const domains = [...called].map(([domain, operations]) =>
    `${domain}: { ${
      operations.map((operation) => `${operation.name}: ${routeOf(operation)}`)
        .join(", ")
    } }`
  );
  return formatted(
    `${head}export const operations = { ${domains.join(", ")} };\n`,
    "js",
  );
}

/** client/operations.d.ts: what each method of the client takes and returns. */
export function buildMethods(): Promise<string> {
  const domains = [...called].map(([domain, operations]) =>
    `  ${domain}: {\n${operations.map((operation) => methodOf(domain, operation)).join("")}};\n`
  );
  const text = `${head}
import type { ConditionalOptions, Input, KeyedOptions, Method, PagedMethod, Versioned } from "./index.d.ts";
import type * as api from "./types.d.ts";

/** The methods of the API, by domain. */
export interface Operations {\n${domains.join("")}}\n`;
  return formatted(text, "ts");
}

function routeOf(operation: Operation): string {
  const { method, path, who, body, is_idempotent, answers } = operation;
  return JSON.stringify({
    method,
    path,
    ...(who === "anyone" && { anyone: true }),
    ...(body !== undefined && { body: true }),
    ...(is_idempotent && { key: true }),
    ...(Object.values(answers).some(({ media_type }) => media_type !== undefined) && { isText: true }),
    items: itemsOf(operation),
  }).replaceAll(/"(\w+)":/g, "$1:");
}

function methodOf(domain: string, operation: Operation): string {
  const { name, summary, method, path, who, is_idempotent, conditions, problems = [] } = operation;
  const type = `api.${capital(domain)}${capital(name)}`;
  const items = itemsOf(operation);
  const is_versioned = conditions !== undefined && method !== "DELETE";
  const parts = [
    `Input<${type}Data>`,
    is_versioned ? `Versioned<${type}Response>` : `${type}Response`,
    ...(items === undefined ? [] : [JSON.stringify(items)]),
    ...(is_idempotent ? ["KeyedOptions"] : []),
    ...(conditions !== undefined && method !== "GET" ? ["ConditionalOptions"] : []),
  ];
  const refusals = problems.length === 0 ? "" : ` Refused with ${problems.map((code) => `\`${code}\``).join(", ")}.`;
  return `/** ${summary}. For ${who}: \`${method} ${path}\`.${refusals} */
${name}: ${items === undefined ? "Method" : "PagedMethod"}<${parts.join(", ")}>;\n`;
}

/** The member that holds the items of a page; undefined where an answer is no page of several. */
function itemsOf({ answers }: Operation): string | undefined {
  const { shape = {} } = (answers[200]?.schema ?? {}) as Partial<z.ZodObject>;
  return "next_cursor" in shape ? Object.keys(shape).find((name) => name !== "next_cursor") : undefined;
}

function capital(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`;
}
