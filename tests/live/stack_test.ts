// Goal: the embedded stack is safe to start, stop and crash. Method: `tasks/start.ts` as a person runs it,
// on a copy of the repository, so that its data is its own.
import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "../..");

/** A copy to start, sharing what is installed. */
async function copyRepository(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tally-copy-" });
  for (const name of ["deno.json", "deno.lock", "local", "supabase"]) {
    const args = ["-a", join(root, name), folder];
    await new Deno.Command("cp", { args }).output();
  }
  await Deno.remove(join(folder, "supabase", ".temp"), { recursive: true }).catch(() => {});
  await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function freePorts(): number {
  for (;;) {
    using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = first.addr;
    try {
      Deno.listen({ hostname: "127.0.0.1", port: port + 1 }).close();
      return port;
    } catch {
      // The next one is taken: try another pair.
    }
  }
}

interface Started {
  process: Deno.ChildProcess;
  output(): string;
  ready: Promise<void>;
}

function start(folder: string, ...flags: string[]): Started {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/start.ts", ...flags],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [process.stdout, process.stderr]) {
    stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(chunk) {
          text += chunk;
          if (text.includes("Ctrl-C stops everything")) ready.resolve();
        },
      }),
    );
  }
  process.status.then(() => ready.resolve());
  return { process, output: () => text, ready: ready.promise };
}

/** The one line with which a start that cannot work ends. */
async function refusal(folder: string, ...flags: string[]): Promise<string> {
  const { process, output } = start(folder, ...flags);
  const { code } = await process.status;
  assert.equal(code, 1, output());
  assert.ok(!output().includes("    at "), `a stack trace is no answer:\n${output()}`);
  return output().trim().split("\n").at(-1)!;
}

async function processesOf(folder: string): Promise<string[]> {
  const ps = await new Deno.Command("ps", { args: ["-eo", "args="] }).output();
  return new TextDecoder().decode(ps.stdout).split("\n").filter((line) => line.includes(folder));
}

Deno.test("the stack starts with one screen, refuses a second start, survives kill -9 and stops with Ctrl-C", async () => {
  const folder = await copyRepository();
  const port = freePorts();
  const first = start(folder, "--port", String(port));
  await first.ready;
  assert.match(first.output(), /Publishable key {2}sb_publishable_/);
  assert.match(first.output(), new RegExp(`curl -s http://127.0.0.1:${port}/functions/v1/auth/signup`));
  const email = `${crypto.randomUUID()}@example.com`;
  const body = JSON.stringify({ email, password: "correct horse battery" });
  const headers = { "content-type": "application/json" };
  const request = async (route: string, on_port = port) =>
    await fetch(`http://127.0.0.1:${on_port}/functions/v1/auth/${route}`, { method: "POST", headers, body });
  const signup = await request("signup");
  assert.equal(signup.status, 201);
  const { access_token } = await signup.json();

  // Not even --reset takes the data from under a running stack.
  for (const flags of [[], ["--reset"]]) {
    assert.match(await refusal(folder, "--port", String(freePorts()), ...flags), /runs already in another terminal/);
  }

  first.process.kill("SIGKILL");
  await first.process.status;
  const second = start(folder, "--port", String(port));
  await second.ready;
  // Data and keys are the old ones: the user is there, and so is the token of before.
  const user = await fetch(`http://127.0.0.1:${port}/functions/v1/auth/user`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  assert.equal(user.status, 200, await user.text());
  const signin = await request("signin");
  assert.equal(signin.status, 200, await signin.text());

  second.process.kill("SIGINT");
  assert.equal((await second.process.status).code, 0, second.output());
  assert.deepEqual(await processesOf(folder), []);

  const data = /Data +(.+)/.exec(second.output())![1]!;
  await Deno.writeTextFile(join(data, "postgres", "PG_VERSION"), "16\n");
  assert.match(await refusal(folder, "--port", String(port)), /is of Postgres 16, this is 17: start with --reset/);

  const third = start(folder, "--reset", "--port", String(port));
  await third.ready;
  const gone = await request("signin");
  assert.equal(gone.status, 401, await gone.text());
  third.process.kill("SIGINT");
  await third.process.status;
  await Deno.remove(data, { recursive: true });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a notice is delivered by itself, and printed where the stack runs", async () => {
  const folder = await copyRepository();
  const port = freePorts();
  const started = start(folder, "--port", String(port));
  await started.ready;
  const call = async (method: string, path: string, body: unknown, authorization?: string) => {
    const headers = { "content-type": "application/json", ...(authorization !== undefined && { authorization }) };
    const url = `http://127.0.0.1:${port}/functions/v1${path}`;
    return await (await fetch(url, { method, headers, body: JSON.stringify(body) })).json();
  };
  const { access_token } = await call("POST", "/auth/signup", {
    email: `${crypto.randomUUID()}@example.com`,
    password: "correct horse battery",
  });
  const bearer = `Bearer ${access_token}`;
  await call("POST", "/tokens/add", { amount: 10 }, bearer);
  await call("PUT", "/tokens/low_balance_threshold", { threshold: 5 }, bearer);
  await call("POST", "/tokens/deduct", { amount: 6 }, bearer);
  for (let waits = 0; waits < 300 && !started.output().includes("notice: "); waits++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.match(started.output(), /\[sandbox\] notice: {"type":"balance.low".*"token":4/);
  started.process.kill("SIGINT");
  assert.equal((await started.process.status).code, 0);
  assert.deepEqual(await processesOf(folder), []);
  await Deno.remove(/Data +(.+)/.exec(started.output())![1]!, { recursive: true });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a function is reloaded when its file changes", async () => {
  const folder = await copyRepository();
  const port = freePorts();
  const started = start(folder, "--port", String(port));
  await started.ready;
  const file = join(folder, "supabase", "functions", "tokens", "index.ts");
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace('{ status: "ok" }', '{ status: "changed" }'));
  const health = async () => (await fetch(`http://127.0.0.1:${port}/functions/v1/tokens/health`)).text();
  while (!(await health()).includes("changed")) await new Promise((resolve) => setTimeout(resolve, 50));
  started.process.kill("SIGINT");
  assert.equal((await started.process.status).code, 0);
  await Deno.remove(/Data +(.+)/.exec(started.output())![1]!, { recursive: true }).catch(() => {});
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an interrupted first start leaves nothing that stands in the way of the next", async () => {
  const folder = await copyRepository();
  const port = freePorts();
  const interrupted = start(folder, "--port", String(port));
  while (!interrupted.output().includes("Making the database")) await new Promise((resolve) => setTimeout(resolve, 1));
  interrupted.process.kill("SIGKILL");
  await interrupted.process.status;
  const next = start(folder, "--port", String(port));
  await next.ready;
  assert.match(next.output(), /Tally is ready/);
  next.process.kill("SIGINT");
  await next.process.status;
  await Deno.remove(/Data +(.+)/.exec(next.output())![1]!, { recursive: true }).catch(() => {});
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a busy port and a wrong flag are each answered with what to do", async () => {
  const folder = await copyRepository();
  using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = busy.addr;
  assert.match(await refusal(folder, "--port", String(port)), /Port \d+ is taken .* --port N/);
  assert.match(await refusal(folder, "--port", "http"), /Usage: deno task start \[--reset\] \[--port N\]/);
  assert.match(await refusal(folder, "--prot", "1"), /Usage/);
  await Deno.remove(folder, { recursive: true });
});
