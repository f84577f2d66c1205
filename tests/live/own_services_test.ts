// Goal: an Auth and a REST service of one's own take lite's place. Method: stand-ins that record what reaches them.
import assert from "node:assert/strict";
import { createLocalJWKSet, jwtVerify } from "jose";
import { publishable_key, secret_key } from "../../local/stack.ts";
import { mailsTo } from "../support/mail.ts";
import { startOwnAuth } from "../support/own_auth.ts";
import { ownStack } from "../support/own_stack.ts";

const session = {
  access_token: "ey.its.own",
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 3_600,
  expires_at: 1_800_000_000,
  user: { id: crypto.randomUUID(), email: "ada@example.com" },
};

Deno.test("what is asked of Auth and of REST reaches one's own as the platform's gateway would hand it over", async (t) => {
  await using auth = startOwnAuth(({ path }) =>
    path.startsWith("/token") ? Response.json(session) : Response.json({ its: "own" })
  );
  await using rest = startOwnAuth(() => Response.json([]));
  await using stack = await ownStack({
    auth_url: auth.url,
    rest_url: rest.url,
    log: (line) => void auth.heed(line),
  });
  const ask = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(stack.url + path, { headers });
    return { status: response.status, body: await response.json() };
  };

  await t.step("a user's token as it came, without the key", async () => {
    for (const [service, prefix] of [[auth, "/auth/v1"], [rest, "/rest/v1"]] as const) {
      const authorization = "Bearer ey.a.token";
      await ask(`${prefix}/things?select=a`, {
        apikey: publishable_key,
        authorization,
        "sb-forwarded-for": "192.0.2.1",
      });
      const { path, headers } = service.asked.at(-1)!;
      assert.equal(path, "/things?select=a");
      assert.equal(headers.get("authorization"), authorization);
      assert.deepEqual([headers.get("apikey"), headers.get("sb-forwarded-for")], [null, null]);
    }
  });

  await t.step("a token of the role service_role for the secret key, and the address that it vouches for", async () => {
    const { body: jwks } = await ask("/auth/v1/.well-known/jwks.json", {});
    for (const [service, prefix] of [[auth, "/auth/v1"], [rest, "/rest/v1"]] as const) {
      for (const authorization of [undefined, `Bearer ${secret_key}`]) {
        await ask(`${prefix}/things`, {
          apikey: secret_key,
          "sb-forwarded-for": "192.0.2.1",
          ...(authorization && { authorization }),
        });
        const { headers } = service.asked.at(-1)!;
        const [, token = ""] = headers.get("authorization")!.split(" ");
        const { payload } = await jwtVerify(token, createLocalJWKSet(jwks));
        assert.equal(payload.role, "service_role");
        assert.equal(headers.get("sb-forwarded-for"), "192.0.2.1");
      }
    }
  });

  await t.step("nothing for the publishable key, and nobody without a key but who follows a link", async () => {
    await ask("/rest/v1/things", { apikey: publishable_key, authorization: `Bearer ${publishable_key}` });
    assert.equal(rest.asked.at(-1)!.headers.get("authorization"), null);
    const before = auth.asked.length;
    for (const headers of [{}, { apikey: "sb_secret_of_somebody_else" }]) {
      assert.equal((await ask("/auth/v1/user", headers as Record<string, string>)).status, 401);
    }
    assert.equal(auth.asked.length, before);
    assert.equal((await ask("/auth/v1/verify?token=x&type=signup", {})).status, 200);
  });

  await t.step("the functions talk to it, and hand on its tokens as they are", async () => {
    const response = await fetch(`${stack.url}/functions/v1/auth/password/forgot`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "ada@example.com" }),
    });
    assert.deepEqual([response.status, await response.json()], [202, { email: "ada@example.com" }]);
    assert.equal(auth.asked.at(-1)!.path, "/recover");
    const grant = await fetch(`${stack.url}/auth/v1/token?grant_type=password`, {
      method: "POST",
      headers: { apikey: publishable_key },
    });
    assert.equal((await grant.json()).access_token, session.access_token);
  });

  await t.step("the mails that it sends are at /mail/", async () => {
    const source = [
      "From: auth@example.com",
      "Subject: =?UTF-8?q?F=C3=BCr_dich?=",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/html; charset=UTF-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "<p>Your code is 123=",
      "456 =E2=80=A6</p>",
      "..a line of its own",
      "--b--",
    ];
    await sendMail(Number(auth.settings().GOTRUE_SMTP_PORT), "ada@example.com", source);
    const [mail] = await mailsTo("ada@example.com", stack);
    assert.equal(mail!.subject, "Für dich");
    assert.equal(mail!.text, "Your code is 123456 …\r\n.a line of its own");
  });
});

Deno.test("an Auth that signs with other keys is refused, with what to give it", async () => {
  await using auth = startOwnAuth(() => Response.json({}));
  const starting = ownStack({
    auth_url: auth.url,
    log: (line) => void auth.heed(line, { key: (key) => ({ ...key, kid: "another" }) }),
  });
  await assert.rejects(starting, /signs with other keys than this stack: give it those in .*auth\.env/);
});

async function sendMail(port: number, to: string, source: string[]): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(1_024);
  const lines = ["EHLO test", "MAIL FROM:<auth@example.com>", `RCPT TO:<${to}>`, "DATA", [...source, "."].join("\r\n")];
  await connection.read(buffer);
  for (const line of lines) {
    await connection.write(new TextEncoder().encode(`${line}\r\n`));
    await connection.read(buffer);
  }
}
