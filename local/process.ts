import { denoEnvironment } from "./environment.ts";
import { TextLineStream } from "./lines.ts";
import type { Warden } from "./warden.ts";

/** A server in a process of its own, which is started again whenever it dies. */
export interface ServerProcess {
  name: string;
  url: string;
  pid: number;
  /** Resolves once the server takes connections; renewed while it restarts. */
  ready: Promise<void>;
  /** Restarts the server with other settings, and resolves once it takes connections. */
  restart(env: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

interface ServerProcessOptions {
  name: string;
  /** What Deno is to run: something that listens on `port`. */
  args: string[];
  port: number;
  env: Record<string, string>;
  warden: Warden;
  /** Aborted once the whole stack ends, when no end is a surprise. */
  ending: AbortSignal;
  /** Told each line that the server prints. */
  log: (line: string) => void;
}

const restart_delay_ms = { first: 50, most: 2_000 };
const ready_timeout_ms = 20_000;

/** Starts a server and keeps it up until it is stopped. */
export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  const { name, args, port, warden, ending, log } = options;
  let env = options.env;
  let stopping = false;
  let restarting = false;
  let delay_ms = restart_delay_ms.first;
  let was_up = false;
  let child = spawn();
  let ready = untilUp();

  function spawn(): Deno.ChildProcess {
    was_up = false;
    // Not `deno` from the PATH: npm's is a wrapper, which would leave its child behind.
    const process = new Deno.Command(Deno.execPath(), {
      args,
      env: { ...denoEnvironment(), ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    warden.guard(process.pid, "SIGKILL");
    for (const stream of [process.stdout, process.stderr]) printLines(stream);
    process.status.then(() => {
      warden.release(process.pid);
      if (stopping) return;
      const is_wanted = restarting;
      restarting = false;
      // A server that cannot start is given more and more time, one that ran is back at once.
      delay_ms = was_up || is_wanted ? restart_delay_ms.first : Math.min(delay_ms * 2, restart_delay_ms.most);
      ready = new Promise((resolve) => setTimeout(resolve, delay_ms)).then(() => {
        if (stopping || ending.aborted) return;
        if (!is_wanted) log("stopped; starting it again");
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
    while (!stopping && !ending.aborted && performance.now() < deadline_ms) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        was_up = true;
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }

  /** Not SIGTERM: a watching Deno waits for the next change then. None of these hold state. */
  async function kill() {
    try {
      child.kill("SIGKILL");
    } catch {
      // It is between two lives.
    }
    await child.status;
  }

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    get ready() {
      return ready;
    },
    async restart(new_env) {
      env = new_env;
      restarting = true;
      await kill();
      await ready;
    },
    async stop() {
      stopping = true;
      await kill();
      await ready;
    },
  };
}
