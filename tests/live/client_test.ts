// Goal: the client works where its users are. Method: the stack, in Deno and in Node with the packed package.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createTally } from "../../client/index.js";
import { codeBlocks, root } from "../docs/pages.ts";
import { newUser, publishable_key, secret_key, stack } from "../support/stack.ts";

const { url } = stack;
const has_node = await new Deno.Command("node", { args: ["--version"] }).output().then(() => true, () => false);

/** Runs a program to its end, and returns what it printed. */
async function run(command: string, args: string[], { cwd = root, input = "" } = {}): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("a user signs up, spends, reserves, keeps a CV, buys, reads the history and signs out", async () => {
  let access_token: string | null = null;
  const tally = createTally({ url, publishableKey: publishable_key, getAccessToken: () => access_token });
  await assert.rejects(tally.tokens.balance(), { code: "unauthorized" });
  const person = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const account = await tally.auth.signUp(person);
  assert.ok("access_token" in account);
  access_token = account.access_token;

  await tally.tokens.add({ amount: 50 });
  const spent = await tally.tokens.deduct({ amount: 5 }, { idempotencyKey: "order 17, blue" });
  assert.deepEqual(await tally.tokens.deduct({ amount: 5 }, { idempotencyKey: "order 17, blue" }), spent);
  await assert.rejects(tally.tokens.deduct({ amount: 100 }), { code: "insufficient_tokens", token: 45 });

  const hold = await tally.tokens.hold({ amount: 20 });
  assert.equal((await tally.tokens.release({ id: hold.id })).token, 45);
  await assert.rejects(tally.tokens.capture({ id: hold.id }), { code: "hold_settled" });
  assert.equal((await tally.tokens.readHold({ id: hold.id })).status, "released");

  const first = await tally.profile.save({ profile_data: { name: "Ada" } });
  await tally.profile.update({ profile_data: { name: "Ada, elsewhere" } }, { ifMatch: first.etag });
  await assert.rejects(tally.profile.save({ profile_data: {} }, { ifMatch: first.etag }), {
    code: "precondition_failed",
  });

  const { packs: [pack] } = await tally.payments.packs();
  assert.match((await tally.payments.checkout({ pack_id: pack!.id })).checkout_url, /^http/);

  const kinds: string[] = [];
  for await (const { kind } of tally.tokens.transactions.all({ limit: 1 })) kinds.push(kind);
  assert.deepEqual(kinds, ["release", "hold", "deduct", "add"]);
  assert.equal((await tally.tokens.transactionsCsv()).trim().split("\n").length, 5);

  assert.equal(await tally.auth.signOut({ scope: "local" }), undefined);
  await assert.rejects(tally.tokens.deduct({ amount: 1 }), { code: "session_ended" });
});

Deno.test("a server corrects and reverses for the user it names", async () => {
  const tally = createTally({ url, secretKey: secret_key });
  const { id: user_id } = await newUser({ token: 10 });
  const { transaction_id } = await tally.tokens.deduct({ user_id, amount: 4 });
  const decision = { user_id, reason: "The export failed", actor: "grace@support" };
  assert.equal((await tally.tokens.reverse({ ...decision, id: transaction_id })).token, 10);
  assert.equal((await tally.tokens.adjust({ ...decision, amount: -3 })).token, 7);
  assert.equal((await tally.tokens.setLowBalanceThreshold({ user_id, threshold: 2 })).threshold, 2);
  assert.equal((await tally.tokens.balanceAt({ user_id, time: new Date().toISOString() })).token, 7);
  await assert.rejects(tally.tokens.balance(), { code: "validation_failed" });
});

Deno.test("the examples of client/README.md print what their comments say", async () => {
  const examples = codeBlocks("client/README.md", "ts");
  assert.equal(examples.length, 2);
  for (const example of examples) {
    const printed = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
    const input = example.replaceAll("http://127.0.0.1:54321", url)
      .replaceAll("ada@example.com", `${crypto.randomUUID()}@example.com`)
      .replaceAll('"tally-client"', '"./client/index.js"');
    const output = await run(Deno.execPath(), ["run", "-A", "--check", "--quiet", "--ext", "ts", "-"], { input });
    assert.deepEqual(output.trimEnd().split("\n"), printed);
  }
});

Deno.test({
  name: "Node runs the packed package",
  ignore: !has_node,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "tally-client-" });
    try {
      const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder, join(root, "client")]);
      await run("tar", ["-xzf", join(folder, packed.trim())], { cwd: folder });
      await Deno.mkdir(join(folder, "node_modules"));
      await Deno.rename(join(folder, "package"), join(folder, "node_modules", "tally-client"));
      const { id: user_id } = await newUser({ token: 10 });
      await Deno.writeTextFile(
        join(folder, "spend.mjs"),
        `import { createTally, TallyProblem } from "tally-client";
        const [url, secretKey, user_id] = process.argv.slice(2);
        const tally = createTally({ url, secretKey });
        console.log((await tally.tokens.deduct({ user_id, amount: 4 })).token);
        const short = await tally.tokens.deduct({ user_id, amount: 40 }).catch((error) => error);
        console.log(short instanceof TallyProblem, short.code);
        for await (const { kind } of tally.tokens.transactions.all({ user_id, limit: 1 })) console.log(kind);`,
      );
      const output = await run("node", ["spend.mjs", url, secret_key, user_id], { cwd: folder });
      assert.deepEqual(output.trimEnd().split("\n"), ["6", "true insufficient_tokens", "deduct", "add"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
