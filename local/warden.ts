/**
 * Ends the servers of a stack when the process that started them dies without stopping them (kill -9, a crash).
 *
 * Run as a program this file is the watcher, a process of its own. The starter writes the ids of its servers into the
 * watcher's standard input. That pipe closes when the starter dies, and then the watcher ends the servers.
 */
import process from "node:process";
import { TextLineStream } from "./lines.ts";

/** How long Postgres may take to shut down before it is killed. */
const patience_ms = 10_000;

export interface Warden extends AsyncDisposable {
  /** Has a process ended by a signal if the starter dies. */
  guard(pid: number, signal: Deno.Signal): void;
  /** Forgets a process, which has ended. */
  release(pid: number): void;
}

/** Starts the watcher of this process. */
export function startWarden(): Warden {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--allow-run", import.meta.filename!],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const pipe = child.stdin.getWriter();
  const encoder = new TextEncoder();
  // Without its watcher a stack still works, so a failed write is no reason to stop.
  const tell = (line: string) => void pipe.write(encoder.encode(line + "\n")).catch(() => {});
  return {
    guard: (pid, signal) => tell(`guard ${pid} ${signal}`),
    release: (pid) => tell(`release ${pid}`),
    async [Symbol.asyncDispose]() {
      await pipe.close().catch(() => {});
      await child.status;
    },
  };
}

async function watch() {
  // Ctrl-C reaches every process of the terminal, but the starter ends the stack and then closes the pipe.
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
  const guarded = new Map<number, Deno.Signal>();
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const [what, pid, signal] = line.split(" ");
    if (what === "guard") guarded.set(Number(pid), signal as Deno.Signal);
    else guarded.delete(Number(pid));
  }
  for (const [pid, signal] of guarded) kill(pid, signal);
  const deadline_ms = performance.now() + patience_ms;
  const isLeft = () => [...guarded.keys()].some((pid) => kill(pid, 0));
  while (isLeft() && performance.now() < deadline_ms) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const pid of guarded.keys()) kill(pid, "SIGKILL");
}

/** Whether there was such a process. Signal 0 only asks. */
function kill(pid: number, signal: Deno.Signal | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

if (import.meta.main) {
  await watch();
  Deno.exit();
}
