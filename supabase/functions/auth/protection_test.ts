// Goal: bots and addresses are told apart by what a trusted party says. Method: both settings on, Auth and verifier stubbed.
import assert from "node:assert/strict";
import { json, platform_environment, publishable_key, secret_key, stubUpstream } from "../_testing/upstream.ts";
import { readPlatform } from "../_shared/settings.ts";
import { createAuth } from "./index.ts";

const app = createAuth({
  ...readPlatform(platform_environment),
  captcha: { provider: "turnstile", secret: "captcha-secret" },
  client_ip_header: "x-client-ip",
});

const verifier = "/turnstile/v0/siteverify";
const credentials = { email: "ada@example.com", password: "correct horse battery" };

function stub(success: boolean) {
  return stubUpstream(({ path }) =>
    path === verifier
      ? Response.json({ success })
      : Response.json({ code: "invalid_credentials", message: "no" }, { status: 400 })
  );
}

Deno.test("a solved CAPTCHA is verified here, then Auth is called past its own check", async () => {
  using upstream = stub(true);
  const body = { ...credentials, captcha_token: "solved" };
  await app.request("/auth/signin", json("POST", body, { "x-client-ip": "203.0.113.7" }));
  const [captcha, signin] = upstream.calls;
  assert.equal(captcha!.path, verifier);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(captcha!.body)), {
    secret: "captcha-secret",
    response: "solved",
    remoteip: "203.0.113.7",
  });
  assert.equal(signin!.headers.get("apikey"), secret_key);
  assert.notEqual(signin!.headers.get("apikey"), publishable_key);
});

Deno.test("a CAPTCHA that is missing or wrong answers 422, and Auth is not asked", async () => {
  using upstream = stub(false);
  for (const body of [credentials, { ...credentials, captcha_token: "wrong" }]) {
    for (const route of ["signin", "signup"]) {
      const response = await app.request(`/auth/${route}`, json("POST", body));
      assert.equal(response.status, 422);
      assert.equal((await response.json()).code, "captcha_failed");
    }
  }
  assert.ok(upstream.calls.every(({ path }) => path === verifier));
});

Deno.test("a verifier that is down answers 503: nobody passes unchecked", async () => {
  using _ = stubUpstream(() => {
    throw new TypeError("connection refused");
  });
  const response = await app.request("/auth/signin", json("POST", { ...credentials, captcha_token: "solved" }));
  assert.equal(response.status, 503);
});

Deno.test("the client's address comes from the configured header alone, and only where it is one address", async () => {
  const forwarded = async (headers: Record<string, string>) => {
    using upstream = stub(true);
    await app.request("/auth/signin", json("POST", { ...credentials, captcha_token: "solved" }, headers));
    return upstream.calls.at(-1)!.headers.get("sb-forwarded-for");
  };
  assert.equal(await forwarded({ "x-client-ip": "203.0.113.7" }), "203.0.113.7");
  assert.equal(await forwarded({ "x-client-ip": "2001:db8::7" }), "2001:db8::7");
  for (const value of ["203.0.113.7, 198.51.100.1", "localhost", "203.0.113.777", ""]) {
    assert.equal(await forwarded({ "x-client-ip": value }), null, value);
  }
  assert.equal(await forwarded({ "x-forwarded-for": "203.0.113.7" }), null);
});
