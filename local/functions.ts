import { join } from "node:path";
import { TextLineStream } from "./lines.ts";

/** A function and the process that serves it, which is started again whenever it dies. */
export interface FunctionProcess {
  name: string;
  url: string;
  pid: number;
  /** Resolves once the function answers; renewed while it restarts. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

interface FunctionOptions {
  /** A file that remembers the processes, for `stopOrphans`. */
  process_file: string;
  name: string;
  folder: string;
  port: number;
  env: Record<string, string>;
  /** Reload when a file changes. */
  watch: boolean;
  log: (line: string) => void;
}

const restart_delay_ms = { first: 50, most: 2_000 };
const ready_timeout_ms = 20_000;

/**
 * Serves one function as the edge runtime does: a process of its own that may use the
 * network and its environment, and nothing else of the machine.
 */
export function startFunction(
  { process_file, name, folder, port, env, watch, log }: FunctionOptions,
): FunctionProcess {
  const url = `http://127.0.0.1:${port}`;
  let stopping = false;
  let delay_ms = restart_delay_ms.first;
  let child = spawn();
  let ready = untilUp();

  function spawn(): Deno.ChildProcess {
    const started_ms = performance.now();
    const args = [
      ...["serve", "--quiet", "--no-prompt", "--host", "127.0.0.1", "--port", String(port)],
      ...["--config", join(folder, "deno.json"), "--allow-net", "--allow-env"],
      ...(watch ? ["--watch", "--no-clear-screen"] : []),
      join(folder, name, "index.ts"),
    ];
    // Not `deno` from the PATH: npm's is a wrapper, which would leave its child behind.
    const process = new Deno.Command(Deno.execPath(), {
      args,
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    Deno.writeTextFileSync(process_file, `${process.pid}\n`, { append: true });
    for (const stream of [process.stdout, process.stderr]) printLines(stream);
    process.status.then(() => {
      if (stopping) return;
      // A function that dies at once is given more and more time, one that ran is back at once.
      delay_ms = performance.now() - started_ms > 5_000
        ? restart_delay_ms.first
        : Math.min(delay_ms * 2, restart_delay_ms.most);
      log("stopped; starting it again");
      ready = new Promise((resolve) => setTimeout(resolve, delay_ms)).then(() => {
        if (stopping) return;
        child = spawn();
        return untilUp();
      });
    });
    return process;
  }

  async function printLines(stream: ReadableStream<Uint8Array>) {
    const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) if (line.trim() !== "" && !line.startsWith("Watcher ")) log(line);
  }

  async function untilUp(): Promise<void> {
    const deadline_ms = performance.now() + ready_timeout_ms;
    while (!stopping && performance.now() < deadline_ms) {
      try {
        // deno serve listens only once the function is loaded.
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }

  return {
    name,
    url,
    get pid() {
      return child.pid;
    },
    get ready() {
      return ready;
    },
    async stop() {
      stopping = true;
      try {
        // Not SIGTERM: a watching Deno waits for the next change then. A function holds no state.
        child.kill("SIGKILL");
      } catch {
        // It is between two lives.
      }
      await child.status;
      await ready;
    },
  };
}

/** Ends the functions of a stack that was killed and could not do so itself. */
export async function stopOrphans(process_file: string, folder: string): Promise<void> {
  const pids = await Deno.readTextFile(process_file).then((text) => text.split("\n").filter(Boolean), () => []);
  for (const pid of pids) {
    // A process id may be another program's by now.
    const ps = await new Deno.Command("ps", { args: ["-o", "args=", "-p", pid] }).output().catch(() => undefined);
    if (ps !== undefined && new TextDecoder().decode(ps.stdout).includes(folder)) Deno.kill(Number(pid), "SIGKILL");
  }
  await Deno.remove(process_file).catch(() => {});
}
