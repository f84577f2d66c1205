import * as z from "zod";
import { createDocument, type CreateDocumentOptions, type ZodOpenApiOperationObject } from "zod-openapi";
import { type ProblemCode, problems } from "../../supabase/functions/_shared/problem.ts";
import { TokenBalance } from "../../supabase/functions/_shared/balance.ts";
import * as auth from "../../supabase/functions/auth/schema.ts";
import * as payments from "../../supabase/functions/payments/schema.ts";
import * as profile from "../../supabase/functions/profile/schema.ts";
import * as support from "../../supabase/functions/support/schema.ts";
import * as tokens from "../../supabase/functions/tokens/schema.ts";
import { auth_operations } from "./auth.ts";
import { hold_operations } from "./holds.ts";
import { type Operation, problemsOf } from "./operation.ts";
import { payment_operations } from "./payments.ts";
import { profile_operations } from "./profile.ts";
import { support_operations } from "./support.ts";
import { token_operations } from "./tokens.ts";

const health = z.object({ status: z.literal("ok") });

/** Every route of the functions, in the order of the document. */
export const operations: Operation[] = [
  ...auth_operations,
  ...profile_operations,
  ...token_operations,
  ...hold_operations,
  ...payment_operations,
  ...support_operations,
  ...["auth", "profile", "tokens", "payments", "support"].map((domain): Operation => ({
    method: "GET",
    path: `/${domain}/health`,
    name: "health",
    summary: `Whether the function ${domain} can work`,
    who: "anyone",
    answers: { 200: { description: "It can", schema: health, example: { status: "ok" } } },
  })),
];

/** The domain of a route: its tag, and its namespace in clients. */
export function domainOf({ path }: Pick<Operation, "path">): string {
  return path.split("/")[1]!;
}

const tag_of: Record<string, string> = {
  ...{ auth: "Auth", profile: "Profile", tokens: "Tokens", payments: "Payments", support: "Support" },
};

const security: Record<Operation["who"], Record<string, string[]>[]> = {
  anyone: [],
  provider: [],
  user: [{ user: [] }],
  // No scheme of its own: whose token it is decides.
  staff: [{ user: [] }],
  server: [{ server: [] }],
  "user or server": [{ user: [] }, { server: [] }],
};

const problem = z.object({
  type: z.string().describe("urn:tally:problem: and the code"),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("For the person who reads it"),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]).describe("Stable: what a program decides by"),
  request_id: z.string().describe("Finds the request in the log"),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional()
    .describe("With validation_failed: each field at fault"),
  token: z.int().optional().describe("With insufficient_tokens: the balance"),
  hold: z.record(z.string(), z.unknown()).optional().describe("With hold_settled: the final state"),
  reasons: z.array(z.string()).optional().describe("With weak_password: what it lacks"),
});

/** The shapes that get a name of their own in the document; the others stand where they are used. */
const named: Record<string, z.ZodType> = {
  Problem: problem,
  TokenBalance,
  ...pick(auth, ["AuthResponse", "ConfirmationRequired", "CurrentUser", "SessionList", "AccountExport"]),
  ...pick(profile, ["Profile"]),
  ...pick(tokens, ["TokenAdjustment", "Transaction", "TransactionPage", "BalanceAt", "Reversal", "Hold"]),
  ...pick(tokens, ["HoldChange", "HoldPage", "Threshold", "NoticeDelivery"]),
  ...pick(payments, ["Pack", "PackList", "Checkout", "Purchase", "PurchaseList", "WebhookReceipt"]),
  ...pick(support, ["ProviderEvent", "SearchResult", "Person", "PersonTransaction", "PersonTransactions"]),
  ...pick(support, ["PersonHolds", "PersonPurchase", "PersonPurchases", "PersonLog", "StaffEntry"]),
  ...pick(support, ["RetryResult", "AskResult"]),
  ...pick(payments, ["Finding", "Reconciliation", "ReconciliationList"]),
};
for (const [id, schema] of Object.entries(named)) z.globalRegistry.add(schema, { ...schema.meta(), id });

function pick<Module extends object, Name extends keyof Module>(module: Module, names: Name[]) {
  return Object.fromEntries(names.map((name) => [name, module[name]])) as { [N in Name]: Module[N] & z.ZodType };
}

/** Says what JSON Schema cannot be told by zod: objects of any members, and numbers that come as text in a query. */
const override: NonNullable<CreateDocumentOptions["override"]> = ({ zodSchema, jsonSchema, io }) => {
  const { def } = zodSchema._zod;
  if (def.type === "custom") jsonSchema.type = "object";
  // The format says it, and zod's pattern for it fills the page.
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (def.type !== "pipe") return;
  // text → number → its bounds
  const { out } = def as z.core.$ZodPipeDef;
  if (io === "input" && out._zod.def.type === "number") {
    const { description } = jsonSchema;
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
    const { $schema: _, ...bounds } = z.toJSONSchema(out as z.ZodType) as Record<string, unknown>;
    Object.assign(jsonSchema, bounds, description === undefined ? {} : { description });
  }
};

function header(name: string, description: string, schema: Record<string, unknown> = {}) {
  return { name, in: "header" as const, description, schema: { type: "string" as const, ...schema } };
}

/** What the `{id}` after a word of a path names. */
const named_by_id: Record<string, string> = {
  holds: "hold",
  people: "person",
  sessions: "session",
  transactions: "entry",
};

function parametersOf({ is_idempotent, conditions = [], path }: Operation) {
  return [
    ...[...path.matchAll(/(\w+)\/\{(\w+)\}/g)].map(([, things, name]) => ({
      ...{ name: name!, in: "path" as const, required: true },
      description: `The id of the ${named_by_id[things!]}`,
      schema: things === "transactions"
        ? { type: "string" as const, pattern: "^[1-9]\\d{0,15}$" }
        : { type: "string" as const, format: "uuid" },
    })),
    ...(is_idempotent
      ? [header("Idempotency-Key", "The same request with the same key has one effect, however often it is sent", {
        pattern: "^[\\x20-\\x7e]{1,255}$",
      })]
      : []),
    ...conditions.map((name) => header(name, "Entity tags, or * (RFC 9110, section 13)")),
  ];
}

function responsesOf(operation: Operation): ZodOpenApiOperationObject["responses"] {
  const by_status = Map.groupBy(problemsOf(operation), (code) => problems[code].status);
  return Object.fromEntries([
    ...Object.entries(operation.answers).map(([status, { description, schema, media_type, example }]) => {
      const content = schema === null
        ? media_type && { [media_type]: { schema: { type: "string" as const } } }
        : { "application/json": { schema, ...(example !== undefined && { example }) } };
      return [status, { description, ...(content && { content }) }] as const;
    }),
    ...[...by_status].sort(([a], [b]) => a - b).map(([status, codes]) =>
      [String(status), {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("; "),
        content: {
          "application/problem+json": {
            schema: problem,
            example: {
              type: `urn:tally:problem:${codes[0]}`,
              ...{ title: problems[codes[0]!].title, status, detail: problems[codes[0]!].title, code: codes[0] },
              request_id: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9",
            },
          },
        },
        "x-codes": codes,
      }] as const
    ),
  ]);
}

function pathItemOf(operation: Operation): ZodOpenApiOperationObject {
  const { name, summary, description, who, query, body, body_is_optional, example } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: `${domainOf(operation)}.${name}`,
    tags: [tag_of[domainOf(operation)]!],
    summary,
    ...(description !== undefined && { description }),
    security: security[who],
    ...(parameters.length > 0 && { parameters }),
    ...(query !== undefined && { requestParams: { query: query as z.ZodObject } }),
    ...(body !== undefined && {
      requestBody: {
        required: !body_is_optional,
        content: { "application/json": { schema: body, ...(example !== undefined && { example }) } },
      },
    }),
    responses: responsesOf(operation),
  };
}

/** The OpenAPI 3.1 document of the API. */
export function buildDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    paths[operation.path] ??= {};
    paths[operation.path]![operation.method.toLowerCase()] = pathItemOf(operation);
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Tally",
      version: "0.0.0",
      summary: "Accounts, a CV per user and prepaid tokens, on Supabase",
      description:
        "Every refusal is `application/problem+json` with a stable `code`. docs/errors.md explains each one.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      { url: "http://127.0.0.1:54321/functions/v1", description: "The local stack" },
      {
        url: "https://{ref}.supabase.co/functions/v1",
        description: "A Supabase project",
        variables: { ref: { default: "your-project-ref" } },
      },
    ],
    tags: [
      { name: "Auth", description: "Sign-up, sign-in, sessions, passwords, and the account's export and deletion" },
      { name: "Profile", description: "One CV, any JSON object, per user" },
      { name: "Tokens", description: "The prepaid wallet: balance, add, deduct, history and holds" },
      { name: "Payments", description: "Purchases, the webhooks that turn them into tokens, and their reconciliation" },
      { name: "Support", description: "For the support staff: find people, see what happened, and mend it" },
    ],
    paths,
    components: {
      securitySchemes: {
        user: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A user's access token" },
        server: { type: "apiKey", in: "header", name: "apikey", description: "The secret key, for trusted servers" },
      },
    },
  }, { override });
}
