// Goal: an account whose address must be confirmed opens with the code of the mail. Method: a stack that asks for it.
import assert from "node:assert/strict";
import { codeFor } from "../support/mail.ts";
import { ownStack } from "../support/own_stack.ts";

const password = "correct horse battery";

Deno.test("an address that must be confirmed lets nobody in before the code of its mail", async () => {
  await using stack = await ownStack({ auth: { email: { enable_confirmations: true } } });
  const ask = async (route: string, body: unknown) => {
    const response = await fetch(`${stack.url}/functions/v1/auth/${route}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const email = `${crypto.randomUUID()}@example.com`;
  const signed_up = await ask("signup", { email, password });
  assert.deepEqual([signed_up.status, signed_up.body], [202, { confirmation_required: true, email }]);
  assert.equal((await ask("signin", { email, password })).body.code, "email_not_confirmed");

  const code = await codeFor(email, stack);
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  for (const [address, attempt] of [[email, wrong], [`${crypto.randomUUID()}@example.com`, code]]) {
    const refused = await ask("confirm", { email: address, code: attempt });
    assert.deepEqual([refused.status, refused.body.code], [401, "invalid_code"]);
  }
  const confirmed = await ask("confirm", { email, code });
  assert.deepEqual([confirmed.status, confirmed.body.token, confirmed.body.user.email], [200, 0, email]);
  assert.equal((await ask("confirm", { email, code })).body.code, "invalid_code");
  assert.equal((await ask("signin", { email, password })).status, 200);
});
