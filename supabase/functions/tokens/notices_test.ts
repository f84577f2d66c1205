// Goal: no notice goes out under a secret that could be guessed. Method: an address that is set, and a secret cut short.
import assert from "node:assert/strict";
import { asServer, stubUpstream } from "../_shared/upstream_stub.ts";

Deno.env.set("NOTICES_URL", "https://receiver.example/notices");
Deno.env.set("NOTICES_SECRET", "whsec_" + btoa("too short"));
const { default: app } = await import("./index.ts");

Deno.test("with a short secret notices are answered 503, and none is claimed or sent", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const response = await app.request("/tokens/notices/deliver", { method: "POST", headers: asServer });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.deepEqual(upstream.calls, []);
});
