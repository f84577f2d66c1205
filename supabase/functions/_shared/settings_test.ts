import assert from "node:assert/strict";
import { readPlatform } from "./settings.ts";

const complete = {
  SUPABASE_URL: "https://project.example/",
  SUPABASE_PUBLISHABLE_KEYS: '{"web":"sb_publishable_web","default":"sb_publishable_default"}',
  SUPABASE_SECRET_KEYS: '{"default":"sb_secret_default","next":"sb_secret_next"}',
  SUPABASE_JWKS: '{"keys":[{"kty":"EC"}]}',
};

Deno.test("settings are read as the platform gives them", () => {
  assert.deepEqual(readPlatform(complete), {
    platform: {
      supabase_url: "https://project.example",
      publishable_key: "sb_publishable_default",
      secret_key: "sb_secret_default",
      secret_keys: ["sb_secret_default", "sb_secret_next"],
      jwks: { keys: [{ kty: "EC" }] },
      require_aal2: false,
    },
    missing: [],
  });
  assert.equal(readPlatform({ ...complete, REQUIRE_AAL2: "true" }).platform.require_aal2, true);
  assert.deepEqual(readPlatform({ ...complete, SUPABASE_JWKS: '[{"kty":"EC"}]' }).missing, []);
});

Deno.test("a setting that is absent, blank or unreadable is named as missing", () => {
  for (
    const [name, values] of Object.entries({
      SUPABASE_URL: [undefined, "", "project"],
      SUPABASE_PUBLISHABLE_KEYS: [undefined, "", "{}", "sb_publishable_x", '{"default":""}'],
      SUPABASE_SECRET_KEYS: [undefined, "", "{}", "[]", "null", "{", '{"default":"  "}', '{"default":null}'],
      SUPABASE_JWKS: [undefined, "", "{}", '{"keys":[]}', '{"keys":"x"}', "null", "1"],
    })
  ) {
    for (const value of values) {
      assert.deepEqual(readPlatform({ ...complete, [name]: value }).missing, [name], `${name}=${value}`);
    }
  }
});
