/** For tests of the tasks: a copy of the repository, so that its data is its own, and the stack that it starts. */
import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "../..");

export interface Started {
  process: Deno.ChildProcess;
  output(): string;
  /** Resolves once the stack is ready, or its process has ended. */
  ready: Promise<void>;
  /** Resolves once the output matches. */
  says(pattern: RegExp): Promise<void>;
  /** Ctrl-C; fails unless it ends with 0. */
  stop(): Promise<void>;
}

/** A copy of the repository, sharing what is installed, and two free ports. */
export class Copy implements AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** The user and the Deno that tasks run with, if not those of the tests. */
  user?: { deno: string; uid: number; gid: number; env: Record<string, string> };
  readonly #data_folders = new Set<string>();
  readonly #started: Started[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.port = freePorts();
    this.url = `http://127.0.0.1:${this.port}`;
  }

  static async make(): Promise<Copy> {
    const folder = await Deno.makeTempDir({ prefix: "tally-copy-" });
    for (const name of ["deno.json", "deno.lock", "local", "tasks", "supabase"]) {
      await new Deno.Command("cp", { args: ["-a", join(root, name), folder] }).output();
    }
    await Deno.remove(join(folder, "supabase", ".temp"), { recursive: true }).catch(() => {});
    await Deno.remove(join(folder, "supabase", "functions", ".env")).catch(() => {});
    await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new Copy(folder);
  }

  /** Runs a task's file. */
  run(file: string, ...flags: string[]): Started {
    return this.#spawn(["run", "-A", file, ...flags]);
  }

  /** Starts the stack as `deno task start` does, on the copy's ports. */
  start(...flags: string[]): Started {
    return this.run("tasks/start.ts", ...(flags.includes("--port") ? [] : ["--port", String(this.port)]), ...flags);
  }

  /** Runs a task through `deno task`, as people do. */
  task(name: string, ...flags: string[]): Started {
    return this.#spawn(["task", name, ...flags]);
  }

  #spawn(args: string[]): Started {
    const { deno = Deno.execPath(), env = {}, ...ids } = this.user ?? {};
    const process = new Deno.Command(deno, {
      args,
      cwd: this.folder,
      env: { NO_COLOR: "1", ...env },
      ...ids,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let text = "";
    let waiting: (() => void)[] = [];
    const ended = [process.stdout, process.stderr].map((stream) =>
      stream.pipeThrough(new TextDecoderStream()).pipeTo(
        new WritableStream({
          write(chunk) {
            text += chunk;
            for (const look of waiting) look();
          },
        }),
      )
    );
    const says = (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!pattern.test(text)) return;
          waiting = waiting.filter((other) => other !== look);
          resolve();
        };
        waiting.push(look);
        look();
      });
    const started: Started = {
      process,
      output: () => text,
      ready: Promise.race([says(/Ctrl-C stops everything/), Promise.all(ended).then(() => {})]),
      says: (pattern) =>
        Promise.race([
          says(pattern),
          Promise.all(ended).then(() => assert.match(text, pattern, "the process ended without saying it")),
        ]),
      async stop() {
        process.kill("SIGINT");
        assert.equal((await process.status).code, 0, text);
      },
    };
    started.ready.then(() => {
      const [, data] = /Data +(.+)/.exec(text) ?? [];
      if (data !== undefined) this.#data_folders.add(data);
    });
    this.#started.push(started);
    return started;
  }

  /** The one line with which a start that cannot work ends. */
  async refusal(code: number, ...flags: string[]): Promise<string> {
    const { process, output } = this.start(...flags);
    const status = await process.status;
    assert.equal(status.code, code, output());
    assert.ok(!output().includes("    at "), `a stack trace is no answer:\n${output()}`);
    return output().trim();
  }

  /** The processes of this copy's stacks: those that name its folder or its data. */
  async processes(): Promise<string[]> {
    const ps = await new Deno.Command("ps", { args: ["-eo", "args="] }).output();
    const folders = [this.folder, ...this.#data_folders];
    return new TextDecoder().decode(ps.stdout).split("\n")
      .filter((line) => folders.some((folder) => line.includes(folder)));
  }

  /** Waits until none of its processes is left; fails where one stays. */
  async untilNoProcess(): Promise<void> {
    const deadline_ms = performance.now() + 30_000;
    let left = await this.processes();
    while (left.length > 0 && performance.now() < deadline_ms) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      left = await this.processes();
    }
    assert.deepEqual(left, []);
  }

  async [Symbol.asyncDispose]() {
    for (const { process } of this.#started) {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
    }
    await this.untilNoProcess();
    for (const folder of [this.folder, ...this.#data_folders]) {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
  }
}

/** The first of two ports in a row that nobody uses. */
export function freePorts(): number {
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
