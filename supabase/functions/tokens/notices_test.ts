// Goal: notices leave the outbox only where they can be sent safely. Method: a stub upstream, and settings that lack
// an address, hold one that is none, or hold a secret that could be guessed.
import assert from "node:assert/strict";
import { asServer, asUser, json, platform_environment, session_id, stubUpstream } from "../_testing/upstream.ts";
import { createTokens } from "./index.ts";
import { readTokensSettings } from "./settings.ts";

const address = "https://receiver.example/notices";
const secret = "whsec_" + btoa("the secret of the unit tests");

async function deliver(env: { NOTICES_URL?: string; NOTICES_SECRET?: string }) {
  const app = createTokens(readTokensSettings({ ...platform_environment, ...env }));
  const response = await app.request("/tokens/notices/deliver", { method: "POST", headers: asServer });
  return { status: response.status, body: await response.json() };
}

Deno.test("without an address a delivery answers 200 and leaves every notice in the outbox", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  for (const env of [{}, { NOTICES_URL: "" }, { NOTICES_SECRET: secret }]) {
    assert.deepEqual(await deliver(env), { status: 200, body: { delivered: 0, failed: 0 } });
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("with an unusable address or secret a delivery answers 503, and no notice is claimed or sent", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  for (
    const env of [
      { NOTICES_URL: address },
      { NOTICES_URL: address, NOTICES_SECRET: "whsec_" + btoa("too short") },
      { NOTICES_URL: "receiver.example", NOTICES_SECRET: secret },
    ]
  ) {
    const { status, body } = await deliver(env);
    assert.equal(status, 503);
    assert.equal(body.code, "misconfigured");
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("a threshold is read and set in one call each", async () => {
  using upstream = stubUpstream(({ method }) => Response.json(method === "GET" ? [{ low_balance_threshold: 5 }] : 7));
  const app = createTokens(readTokensSettings(platform_environment));
  const path = "/tokens/low_balance_threshold";
  const read = await app.request(path, { headers: await asUser() });
  assert.deepEqual(await read.json(), { threshold: 5 });
  const set = await app.request(path, json("PUT", { threshold: 7 }, await asUser()));
  assert.deepEqual(await set.json(), { threshold: 7 });
  assert.equal(upstream.calls.length, 2);
  assert.equal(upstream.calls[1]!.body.p_session_id, session_id);
});
