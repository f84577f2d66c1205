// Goal: whatever Auth refuses is a refusal here, with a code of ours. Method: its answers stubbed.
import assert from "node:assert/strict";
import { json, platform_environment, stubUpstream } from "../_testing/upstream.ts";
import { auth_error_codes } from "../_testing/auth_error_codes.ts";
import { createAuth } from "./index.ts";
import { isKnown } from "./refusals.ts";
import { readAuthSettings } from "./settings.ts";

const app = createAuth(readAuthSettings(platform_environment));
const credentials = { email: "ada@example.com", password: "correct horse battery" };
/** What Auth says when it, or what it asks, is down. */
const upstream_codes = ["unexpected_failure", "request_timeout", "hook_timeout", "hook_timeout_after_retry"];
const refusal = (status: number, code: string, more = {}, headers = {}) => () =>
  Response.json({ code, message: "prose that may change", ...more }, { status, headers });

Deno.test("refusals of Auth become problems by their code", async () => {
  const cases: [string, () => Response, number, string][] = [
    ["signup", refusal(422, "user_already_exists"), 409, "user_already_exists"],
    ["signup", refusal(422, "email_exists"), 409, "user_already_exists"],
    ["signup", refusal(422, "weak_password", { weak_password: { reasons: ["length"] } }), 422, "weak_password"],
    ["signup", refusal(400, "email_address_invalid"), 422, "validation_failed"],
    ["signup", refusal(400, "validation_failed"), 422, "validation_failed"],
    ["signup", refusal(422, "signup_disabled"), 403, "signup_disabled"],
    ["signup", refusal(400, "captcha_failed"), 422, "captcha_failed"],
    ["signin", refusal(400, "invalid_credentials"), 401, "invalid_credentials"],
    ["signin", refusal(400, "user_banned"), 401, "invalid_credentials"],
    ["signin", refusal(400, "email_not_confirmed"), 403, "email_not_confirmed"],
    [
      "signin",
      () => Response.json({ code: 400, error_code: "invalid_credentials" }, { status: 400 }),
      401,
      "invalid_credentials",
    ],
    ["signin", refusal(429, "over_request_rate_limit"), 429, "too_many_requests"],
    ["signin", refusal(500, "unexpected_failure"), 503, "upstream_unavailable"],
    ["signin", refusal(504, "request_timeout"), 503, "upstream_unavailable"],
    ["signin", refusal(418, "teapot"), 400, "auth_refused"],
    ["signup", refusal(403, "no_authorization"), 400, "auth_refused"],
    ["signup", refusal(409, "conflict"), 409, "auth_conflict"],
    ["signup", () => new Response("not JSON", { status: 413 }), 400, "auth_refused"],
    ["refresh", refusal(409, "conflict"), 409, "auth_conflict"],
    ["refresh", refusal(400, "refresh_token_not_found"), 401, "invalid_refresh_token"],
    ["refresh", refusal(400, "refresh_token_already_used"), 401, "invalid_refresh_token"],
    ["refresh", refusal(403, "session_expired"), 401, "invalid_refresh_token"],
    ["refresh", refusal(400, "user_banned"), 401, "invalid_refresh_token"],
    ["refresh", refusal(400, "validation_failed"), 401, "invalid_refresh_token"],
    ["signup", refusal(422, "hook_timeout"), 503, "upstream_unavailable"],
    ["signup", refusal(413, "request_entity_too_large"), 413, "body_too_large"],
    ["signup", refusal(422, "weak_password", { weak_password: "odd" }), 422, "weak_password"],
  ];
  for (const [route, answer, status, code] of cases) {
    using _ = stubUpstream(answer);
    const body = route === "refresh" ? { refresh_token: "x" } : credentials;
    const response = await app.request(`/auth/${route}`, json("POST", body));
    assert.equal(response.status, status, code);
    const text = await response.text();
    const problem = JSON.parse(text);
    assert.equal(problem.code, code);
    assert.ok(!text.includes("prose"), "upstream prose must not get out");
    if (code === "weak_password") assert.ok(Array.isArray(problem.reasons));
    if (status === 429) assert.equal(response.headers.get("retry-after"), "60");
  }
});

Deno.test("a sign-up that Auth fails is asked about once more, since the address may just have been taken", async () => {
  const answers = [refusal(500, "unexpected_failure"), refusal(422, "user_already_exists")];
  using upstream = stubUpstream(() => answers[upstream.calls.length - 1]!());
  const response = await app.request("/auth/signup", json("POST", credentials));
  assert.equal(response.status, 409);
  assert.equal(upstream.calls.length, 2);
});

Deno.test("the wait that Auth asks for is passed on", async () => {
  using _ = stubUpstream(refusal(429, "over_request_rate_limit", {}, { "retry-after": "17" }));
  const response = await app.request("/auth/signin", json("POST", credentials));
  assert.equal(response.headers.get("retry-after"), "17");
});

Deno.test("each error code that Auth can give has a meaning here", () => {
  assert.deepEqual(auth_error_codes.filter(([, code]) => !isKnown(code)), []);
});

Deno.test("a refusal is one here as well, whatever its code and status", async () => {
  const codes = [...auth_error_codes.map(([, code]) => code), "a_code_of_tomorrow", "constructor", "__proto__"];
  for (const route of ["signup", "signin", "refresh"]) {
    for (const code of codes) {
      for (const status of [400, 401, 403, 404, 409, 418, 422, 429, 451]) {
        using _ = stubUpstream(refusal(status, code));
        const body = route === "refresh" ? { refresh_token: "x" } : credentials;
        const response = await app.request(`/auth/${route}`, json("POST", body));
        const is_down = upstream_codes.includes(code) && status !== 429;
        assert.equal(Math.floor(response.status / 100), is_down ? 5 : 4, `${route} ${status} ${code}`);
        assert.notEqual(response.status, 500);
      }
    }
  }
});
