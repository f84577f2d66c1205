import { TextLineStream } from "./lines.ts";

/** A server in a process of its own, which is started again whenever it dies. */
export interface ServerProcess {
  name: string;
  url: string;
  pid: number;
  /** Resolves once the server takes connections; renewed while it restarts. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

interface ServerProcessOptions {
  name: string;
  /** What Deno is to run: something that listens on `port`. */
  args: string[];
  port: number;
  env: Record<string, string>;
  /** A file that remembers the process, for `stopOrphans`. */
  process_file: string;
  /** Told each line that the server prints. */
  log: (line: string) => void;
}

const restart_delay_ms = { first: 50, most: 2_000 };
const ready_timeout_ms = 20_000;

/** Starts a server and keeps it up until it is stopped. */
export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  const { name, args, port, env, process_file, log } = options;
  let stopping = false;
  let delay_ms = restart_delay_ms.first;
  let was_up = false;
  let child = spawn();
  let ready = untilUp();

  function spawn(): Deno.ChildProcess {
    was_up = false;
    // Not `deno` from the PATH: npm's is a wrapper, which would leave its child behind.
    const process = new Deno.Command(Deno.execPath(), {
      args,
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    Deno.writeTextFileSync(process_file, `${process.pid}\n`, { append: true });
    for (const stream of [process.stdout, process.stderr]) printLines(stream);
    process.status.then(() => {
      if (stopping) return;
      // A server that cannot start is given more and more time, one that ran is back at once.
      delay_ms = was_up ? restart_delay_ms.first : Math.min(delay_ms * 2, restart_delay_ms.most);
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
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        was_up = true;
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
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
    async stop() {
      stopping = true;
      try {
        // Not SIGTERM: a watching Deno waits for the next change then. None of these hold state.
        child.kill("SIGKILL");
      } catch {
        // It is between two lives.
      }
      await child.status;
      await ready;
    },
  };
}

/** Ends the servers of a stack that was killed and could not do so itself. */
export async function stopOrphans(process_file: string): Promise<void> {
  const pids = await Deno.readTextFile(process_file).then((text) => text.split("\n").filter(Boolean), () => []);
  for (const pid of pids) {
    // A process id may be another program's by now.
    const ps = await new Deno.Command("ps", { args: ["-o", "args=", "-p", pid] }).output().catch(() => undefined);
    const command = ps === undefined ? "" : new TextDecoder().decode(ps.stdout);
    if (command.startsWith(Deno.execPath()) && command.includes("127.0.0.1")) Deno.kill(Number(pid), "SIGKILL");
  }
  await Deno.remove(process_file).catch(() => {});
}
