// Goal: what cannot work is refused in one line that says what to do, never with a stack trace. Method: the tasks as people
// run them, on a copy of the repository.
import assert from "node:assert/strict";
import { join } from "node:path";
import { reachable } from "../../local/account.ts";
import { Copy } from "../support/copy.ts";

/** The tasks of deno.json, with the file that each of them runs. */
const { tasks }: { tasks: Record<string, { command: string }> } = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "../../deno.json")),
);
const files = Object.entries(tasks).map(([task, { command }]) => [task, command.split(" ").at(-1)!] as const);

async function run(file: string, ...flags: string[]): Promise<{ code: number; text: string }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", file, ...flags],
    env: { NO_COLOR: "1" },
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code: output.code, text: stdout! + stderr! };
}

Deno.test("every task has a --help, and answers a wrong flag with it and with 2", async () => {
  for (const [task, file] of files) {
    const help = await run(file, "--help");
    assert.equal(help.code, 0, task);
    assert.match(help.text, new RegExp(`^Usage: npx -y deno@[\\d.]+ task ${task}\\b[^]*Ends with 0`));
    const wrong = await run(file, "--wrong");
    assert.equal(wrong.code, 2, task);
    assert.match(wrong.text, /--wrong[^]*\n\nUsage: /);
  }
});

Deno.test("prove refuses an experiment that does not exist", async () => {
  for (const only of ["99", "1,99", "none", ""]) {
    const { code, text } = await run("tasks/prove.ts", `--only=${only}`);
    assert.equal(code, 2, text);
    assert.match(text, /^(There is no experiment 99|--only .*: that is no number)/);
  }
});

Deno.test("a port that cannot be had is answered with what to do", async () => {
  await using copy = await Copy.make();
  using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = busy.addr;
  assert.match(await copy.refusal(1, "--port", String(port)), /^Port \d+ is taken .* --port N\.$/);
  for (const wrong of ["http", "0", "65535", "70000", "-1", "1.5"]) {
    assert.match(await copy.refusal(2, `--port=${wrong}`), /^--port .+: a port is a number from 1 to 65534.*\n\nUsage/);
  }
});

Deno.test("verify and reconcile ask the stack of this folder, name it first, and say where none runs", async () => {
  await using copy = await Copy.make();
  for (const task of ["verify", "reconcile"]) {
    const alone = copy.run(`tasks/${task}.ts`);
    assert.equal((await alone.process.status).code, 2);
    assert.match(
      alone.output(),
      /^No stack runs in this folder: start one with npx -y deno@[\d.]+ task start, or name/,
    );
  }
  const started = copy.start();
  await started.ready;
  for (
    const [task, first, last] of [
      [
        "verify",
        `Checking 127.0.0.1:${copy.port + 1}/postgres (the stack of this folder) …`,
        /\d+ wallets checked, 0 pr/,
      ],
      [
        "reconcile",
        `Reconciling ${copy.url}/functions/v1 (the stack of this folder) …`,
        /The books and the providers agree/,
      ],
    ] as const
  ) {
    const asking = copy.run(`tasks/${task}.ts`);
    assert.equal((await asking.process.status).code, 0, asking.output());
    await asking.says(last);
    assert.equal(asking.output().split("\n")[0], first);
  }
  started.process.kill("SIGKILL");
  await started.process.status;
  const after = copy.run("tasks/verify.ts");
  assert.equal((await after.process.status).code, 2, after.output());
});

Deno.test({
  name: "a data folder of another user and a port of the system's are refused in one line, and a home is not needed",
  // Only root can become somebody else, who must then reach the packages of this clone.
  ignore: Deno.uid() !== 0 || !reachable(import.meta.dirname!),
  async fn() {
    await using copy = await Copy.make();
    await Deno.chmod(copy.folder, 0o755);
    const first = copy.start();
    await first.ready;
    await first.stop();
    // Root's own Deno is out of reach for others.
    const deno = join(copy.folder, "deno");
    await Deno.copyFile(Deno.execPath(), deno);
    await Deno.chmod(deno, 0o755);
    const nobody = 65_534;
    const home = "/nonexistent";
    copy.user = { deno, uid: nobody, gid: nobody, env: { HOME: home, DENO_DIR: join(home, "deno") } };
    for (const flags of [[], ["--reset"]]) {
      assert.match(await copy.refusal(1, ...flags), /^\/.+ cannot be written by this user: start as the user who made/);
    }
    await Deno.remove(join(copy.folder, "supabase/.temp"), { recursive: true });
    await Deno.chown(join(copy.folder, "supabase"), nobody, nobody);
    assert.match(
      await copy.refusal(1, "--port", "80"),
      /^Port 80 is for the system's own programs: choose ports from 1024/,
    );
    const started = copy.start();
    await started.ready;
    assert.match(started.output(), /Tally is ready/);
    await started.stop();

    delete copy.user;
    assert.match(
      await copy.refusal(1),
      /^The data in .+ is of another user \(65534\): start as that one, or with --reset/,
    );
  },
});
