import { createTally, type Tally } from "../index.js";

/** What a stub answers a request with; an error stands for a broken connection. */
export type StubAnswer = Response | Error | ((request: Request) => Response | Promise<Response>);

interface Stub {
  tally: Tally;
  server: Tally;
  /** What was sent, in order. */
  requests: Request[];
}

/** A user's client and a server's, whose requests get these answers in turn. */
export function stubTally(...answers: StubAnswer[]): Stub {
  const requests: Request[] = [];
  const stub: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request);
    const answer = answers[requests.length - 1];
    if (answer === undefined) throw new Error(`${request.method} ${request.url} was not expected`);
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? await answer(request) : answer;
  };
  const shared = { url: "http://tally.test/", fetch: stub, retryDelayMs: 0 };
  return {
    tally: createTally({ ...shared, publishableKey: "sb_publishable_1", getAccessToken: () => "token" }),
    server: createTally({ ...shared, secretKey: "sb_secret_1" }),
    requests,
  };
}

/** A broken connection, as `fetch` reports it. */
export const broken = new TypeError("connection refused");

export const adjustment = {
  token: 45,
  held: 0,
  debt: 0,
  updated_at: "2026-11-24T14:52:39.527+00:00",
  transaction_id: 7,
};

/** A refusal as the functions answer it. */
export function refusal(status: number, code: string, members: Record<string, unknown> = {}, retry_after?: string) {
  const body = { type: `urn:tally:problem:${code}`, title: code, status, detail: `${code}!`, code, request_id: "r1" };
  return new Response(JSON.stringify({ ...body, ...members }), {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(retry_after !== undefined && { "retry-after": retry_after }),
    },
  });
}
