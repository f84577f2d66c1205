// Goal: health tells whether the function can work, cheaply. Method: the database's REST stubbed, up and down.
import assert from "node:assert/strict";
import { platform_environment, publishable_key, stubUpstream } from "../_testing/upstream.ts";
import { createApp } from "./app.ts";
import { anyone } from "./caller.ts";
import { answerHealth } from "./health.ts";
import { readPlatform } from "./settings.ts";

const healthyApp = (environment: Record<string, string> = platform_environment) => {
  const settings = readPlatform(environment);
  const app = createApp("things", settings);
  app.get("/health", anyone, answerHealth(settings.platform));
  return async () => await app.request("/things/health");
};

Deno.test("health answers 200 while the database answers, and asks it once for all who ask at once", async () => {
  const health = healthyApp();
  using upstream = stubUpstream(() => Response.json([]));
  const answers = await Promise.all(Array.from({ length: 50 }, health));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.deepEqual(await answers[0]!.json(), { status: "ok" });
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.headers.get("apikey"), publishable_key);
});

Deno.test("health answers 503 while the database is down or does not answer", async () => {
  const outages = [
    () => Response.json({ code: "PGRST001" }, { status: 503 }),
    () => Promise.reject(new TypeError("connection refused")),
  ];
  for (const outage of outages) {
    using _ = stubUpstream(outage);
    const response = await healthyApp()();
    assert.equal(response.status, 503);
    assert.equal((await response.json()).code, "upstream_unavailable");
    assert.equal(response.headers.get("retry-after"), "5");
  }
});

Deno.test("health answers 503 where a setting is missing, and asks nobody", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const response = await healthyApp({ ...platform_environment, SUPABASE_JWKS: "" })();
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.equal(upstream.calls.length, 0);
});
