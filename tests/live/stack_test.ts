// Goal: the embedded stack is safe to start, stop and crash. Method: `tasks/start.ts` as a person runs it,
// on a copy of the repository, so that its data is its own.
import assert from "node:assert/strict";
import { join } from "node:path";
import { functionNames, readConfig } from "../../local/config.ts";
import { Copy, freePorts } from "../support/copy.ts";

const credentials = () => ({ email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" });

async function post(url: string, body: unknown, authorization?: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(authorization !== undefined && { authorization }) };
  return await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

Deno.test("the stack starts with one screen, refuses a second start, survives kill -9 and stops with Ctrl-C", async () => {
  await using copy = await Copy.make();
  const first = copy.start();
  await first.ready;
  assert.match(first.output(), /Publishable key {2}sb_publishable_/);
  assert.match(first.output(), new RegExp(`curl -s ${copy.url}/functions/v1/auth/signup`));
  const ada = credentials();
  const request = async (route: string) => await post(`${copy.url}/functions/v1/auth/${route}`, ada);
  const signup = await request("signup");
  assert.equal(signup.status, 201);
  const { access_token } = await signup.json();

  // Not even --reset takes the data from under a running stack.
  for (const flags of [[], ["--reset"]]) {
    assert.match(await copy.refusal(1, "--port", String(freePorts()), ...flags), /^The stack runs already in another/);
  }

  first.process.kill("SIGKILL");
  await first.process.status;
  const second = copy.start();
  await second.ready;
  // Data and keys are the old ones: the user is there, and so is the token of before.
  const user = await fetch(`${copy.url}/functions/v1/auth/user`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  assert.equal(user.status, 200, await user.text());
  const signin = await request("signin");
  assert.equal(signin.status, 200, await signin.text());
  await second.stop();
  // The watcher of the killed starter takes its time where nobody reaps the processes that it ended.
  await copy.untilNoProcess();

  const data = /Data +(.+)/.exec(second.output())![1]!;
  await Deno.writeTextFile(join(data, "postgres", "PG_VERSION"), "16\n");
  assert.match(await copy.refusal(1), /is of Postgres 16, this is 17: start with --reset/);

  const third = copy.start("--reset");
  await third.ready;
  const gone = await request("signin");
  assert.equal(gone.status, 401, await gone.text());
  await third.stop();
});

Deno.test("nothing of a stack is left when its starter is killed, its terminal closed or its launcher killed", async () => {
  await using copy = await Copy.make();
  for (const signal of ["SIGKILL", "SIGHUP"] as const) {
    const started = copy.start();
    await started.ready;
    assert.ok(
      (await copy.processes()).some((line) => line.includes("postgres")),
      "Postgres is among what is looked for",
    );
    started.process.kill(signal);
    await started.process.status;
    await copy.untilNoProcess();
  }
  const launcher = copy.task("start", "--port", String(copy.port));
  await launcher.ready;
  launcher.process.kill("SIGKILL");
  await copy.untilNoProcess();
});

Deno.test("a notice is delivered by itself, and printed where the stack runs", async () => {
  await using copy = await Copy.make();
  const started = copy.start();
  await started.ready;
  const functions = `${copy.url}/functions/v1`;
  const { access_token } = await (await post(`${functions}/auth/signup`, credentials())).json();
  const bearer = `Bearer ${access_token}`;
  await (await post(`${functions}/tokens/add`, { amount: 10 }, bearer)).body?.cancel();
  const threshold = await fetch(`${functions}/tokens/low_balance_threshold`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: bearer },
    body: JSON.stringify({ threshold: 5 }),
  });
  await threshold.body?.cancel();
  await (await post(`${functions}/tokens/deduct`, { amount: 6 }, bearer)).body?.cancel();
  await started.says(/\[sandbox\] notice: {"type":"balance.low".*"token":4/);
  await started.stop();
});

Deno.test("an interrupted first start leaves nothing that stands in the way of the next", async () => {
  await using copy = await Copy.make();
  const interrupted = copy.start();
  await interrupted.says(/Making the database/);
  interrupted.process.kill("SIGKILL");
  await interrupted.process.status;
  const next = copy.start();
  await next.ready;
  assert.match(next.output(), /Tally is ready/);
  await next.stop();
});

Deno.test("each folder of a function has its block in config.toml, with the shared import map", () => {
  const { functions } = readConfig();
  assert.deepEqual(Object.keys(functions).sort(), functionNames());
  for (const [name, { import_map, verify_jwt }] of Object.entries(functions)) {
    assert.equal(import_map, "./functions/deno.json", name);
    assert.equal(verify_jwt, false, name);
  }
});
