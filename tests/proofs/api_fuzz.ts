import * as fc from "fast-check";
import * as z from "zod";
import { Webhook } from "standardwebhooks";
import { publishable_key, secret_key, type Stack, webhook_secret } from "../../local/stack.ts";
import { problems } from "../../supabase/functions/_shared/problem.ts";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { stripe_environment, webhookRequest } from "../support/stripe/account.ts";
import { type Experiment, inParallel } from "./experiment.ts";
import { type GeneratedRequest, requests } from "./requests.ts";
import { own_account } from "./schema_values.ts";
import { countProblems, type SignedUp, signUp, signUpStaff } from "../support/wallets.ts";

const Problem = z.object({
  type: z.string().startsWith("urn:tally:problem:"),
  title: z.string(),
  status: z.int().min(400).max(499),
  detail: z.string(),
  code: z.enum(Object.keys(problems)),
  request_id: z.string().min(1),
});

const most_tries = 5;

/** Generated requests to every route: as documented, nearly so, and nonsense. */
export const api_fuzz: Experiment = {
  number: 9,
  name: "API fuzz",
  invariant: "whatever is sent, the answer is one that is documented",
  async run({ scale, seed, log }) {
    const request_count = scale === "full" ? 5_000 : 300;
    // Without it the route answers 503, as documented.
    const { STRIPE_WEBHOOK_SECRETS } = stripe_environment;
    await using stack = await ownStack({ env: { STRIPE_WEBHOOK_SECRETS } });
    await using sql = connectDatabase(stack, 1);
    const generated = fc.sample(requests, { seed, numRuns: request_count });

    const sessions = {
      user: await signUp(stack),
      leaver: await signUp(stack),
      staff: await signUpStaff(stack, sql),
    };
    await sql`select adjust_tokens(${sessions.user.id}, 1_000_000, 'add')`;
    const { odd, statuses } = await send(stack, generated, sessions);
    odd.slice(0, 10).forEach(log);
    log(Object.entries(statuses).map(([status, count]) => `${count} × ${status}`).join(", "));
    const ledger_problems = await countProblems(sql);

    // Without what it reads in the database a route can only answer 500.
    await sql`alter view token_balances rename to renamed`;
    const broken = await send(stack, generated.slice(0, 300), sessions);

    const seen = `${odd.length} odd answers, ${ledger_problems} problems`;
    return [
      {
        what: `${request_count} requests, seed ${seed}`,
        expected: "0 odd answers, 0 problems",
        seen,
        passed: seen === "0 odd answers, 0 problems",
      },
      {
        what: "control: token_balances is missing",
        expected: "some odd answers",
        seen: `${broken.odd.length} odd answers`,
        passed: broken.odd.length > 0,
      },
    ];
  },
};

async function send(
  stack: Stack,
  generated: GeneratedRequest[],
  sessions: { user: SignedUp; leaver: SignedUp; staff: SignedUp },
) {
  const odd: string[] = [];
  const statuses: Record<string, number> = {};
  const ids: string[] = ["1"];
  await inParallel(generated.length, 8, async (index) => {
    const request = generated[index]!;
    const { route, method } = request;
    // Whoever signs out does so for themselves: the others go on.
    const session = route.path === "/auth/signout"
      ? sessions.leaver
      : request.caller === "staff"
      ? sessions.staff
      : sessions.user;
    // At the desk the first id is the person's.
    const path = route.path.replace("people/:id", `people/${sessions.user.id}`)
      .replace(/:\w+/, () => ids[request.id % ids.length] ?? crypto.randomUUID());
    const search = new URLSearchParams(request.query).toString().replaceAll(own_account, session.id);
    const body = request.body?.replaceAll(own_account, session.id);
    const ask = async () => {
      const response = await fetch(`${stack.url}/functions/v1${path}${search && `?${search}`}`, {
        method,
        headers: await headersOf(request, session.access_token, body),
        ...(body !== undefined && !["GET", "HEAD"].includes(method) && { body }),
      });
      return { response, text: await response.text() };
    };
    let { response, text } = await ask();
    // All of them use one wallet: on a slow machine it may be busy for a while.
    for (let tries = 1; text.includes('"code":"wallet_busy"') && tries < most_tries; tries++) {
      ({ response, text } = await ask());
    }
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    const fault = faultOf(request, response, text);
    if (fault !== undefined) {
      odd.push(`${method} ${path}?${search} ${body?.slice(0, 200)} → ${response.status} ${fault}`);
    }
    if (response.ok && text.startsWith('{"id"')) ids.push(JSON.parse(text).id);
    else if (response.ok && text.includes("transaction_id")) ids.push(String(JSON.parse(text).transaction_id));
  });
  return { odd, statuses };
}

/** What is wrong with an answer, if anything is. */
function faultOf({ route, method }: GeneratedRequest, { status, headers }: Response, text: string): string | undefined {
  if (status >= 500) return text.slice(0, 300);
  if (method === "OPTIONS" && status === 204) return undefined;
  if (method === "HEAD") return text === "" ? undefined : "HEAD has a body";
  if (status >= 400) {
    if (headers.get("content-type") !== "application/problem+json") return "not a problem";
    const problem = Problem.safeParse(JSON.parse(text));
    if (!problem.success) return z.prettifyError(problem.error);
    return problem.data.status === status ? undefined : "the body names another status";
  }
  if (method !== route.method) return undefined; // The answer of the route that has this method.
  const schema = route.answers[status];
  if (schema === undefined) return "undocumented status";
  if (schema === null) return undefined;
  const answer = schema.safeParse(JSON.parse(text));
  return answer.success ? undefined : z.prettifyError(answer.error);
}

async function headersOf(request: GeneratedRequest, access_token: string, body = ""): Promise<Headers> {
  const all = new Headers();
  for (const [name, value] of request.headers) all.append(name, value);
  const signature = request.signed ? await signatureOf(request.route.path, body) : {};
  for (const [name, value] of Object.entries({ ...signature, ...callerHeaders(request.caller, access_token) })) {
    all.set(name, value);
  }
  return all;
}

/** How a provider signs a body for its webhook; nothing on other routes. */
async function signatureOf(path: string, body: string): Promise<Record<string, string>> {
  if (path === "/payments/webhooks/standard") {
    return signedHeaders(new Webhook(webhook_secret), crypto.randomUUID(), body);
  }
  if (path !== "/payments/webhooks/stripe") return {};
  return Object.fromEntries(new Headers((await webhookRequest(body)).headers));
}

function callerHeaders(caller: GeneratedRequest["caller"], access_token: string): Record<string, string> {
  switch (caller) {
    case "user":
    case "staff":
      return { apikey: publishable_key, authorization: `Bearer ${access_token}` };
    case "server":
      return { apikey: secret_key };
    case "forged":
      return { apikey: publishable_key, authorization: `Bearer ${access_token.slice(0, -6)}forged` };
    default:
      return { apikey: publishable_key };
  }
}
