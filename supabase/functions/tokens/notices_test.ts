// Goal: no notice goes out under a secret that could be guessed. Method: an address that is set, and a secret cut short.
import assert from "node:assert/strict";
import { asServer, platform_environment, stubUpstream } from "../_testing/upstream.ts";
import { createTokens } from "./index.ts";
import { readTokensSettings } from "./settings.ts";

const app = createTokens({
  ...readTokensSettings(platform_environment),
  notices: { url: "https://receiver.example/notices", secret: "whsec_" + btoa("too short") },
});

Deno.test("with a short secret notices are answered 503, and none is claimed or sent", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const response = await app.request("/tokens/notices/deliver", { method: "POST", headers: asServer });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.deepEqual(upstream.calls, []);
});
