// Goal: the client works on a page as it stands, without a build. Method: a real browser, a page of another origin.
import assert from "node:assert/strict";
import { join } from "node:path";
import { root } from "../docs/pages.ts";
import { browser_path, openPage } from "../support/browser.ts";
import { publishable_key, stack } from "../support/stack.ts";

/** Serves the client's modules and an empty page, from a port of its own. */
function serveClient(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const [, name] = /^\/(\w+\.js)$/.exec(new URL(request.url).pathname) ?? [];
    return name === undefined
      ? new Response("<!doctype html><link rel=icon href=data:,>", { headers: { "content-type": "text/html" } })
      : new Response(await Deno.readFile(join(root, "client", name)), {
        headers: { "content-type": "text/javascript" },
      });
  });
}

Deno.test({
  name: "a page of another origin signs up, spends, and reads its refusal and its history",
  ignore: browser_path === undefined,
  async fn() {
    await using server = serveClient();
    await using opened = await openPage(`http://127.0.0.1:${server.addr.port}/`);
    const settings = { url: stack.url, publishableKey: publishable_key, email: `${crypto.randomUUID()}@example.com` };
    const seen = await opened.page.evaluate(`(async ({ email, ...settings }) => {
      const { createTally } = await import("/index.js");
      let access_token;
      const tally = createTally({ ...settings, getAccessToken: () => access_token });
      ({ access_token } = await tally.auth.signUp({ email, password: "correct horse battery" }));
      await tally.tokens.add({ amount: 10 });
      const { token } = await tally.tokens.deduct({ amount: 4 });
      const { name, code } = await tally.tokens.deduct({ amount: 40 }).catch((error) => error);
      const { etag } = await tally.profile.save({ profile_data: {} }, { ifNoneMatch: "*" });
      const kinds = [];
      for await (const { kind } of tally.tokens.transactions.all({ limit: 1 })) kinds.push(kind);
      return { token, name, code, has_etag: typeof etag === "string", kinds };
    })(${JSON.stringify(settings)})`);
    assert.deepEqual(seen, {
      ...{ token: 6, name: "TallyProblem", code: "insufficient_tokens", has_etag: true, kinds: ["deduct", "add"] },
    });
  },
});
