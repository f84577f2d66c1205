/** Starts what is measured, each in a process of its own. */
import { denoEnvironment } from "../../local/environment.ts";
import { freePort } from "../../local/ports.ts";

export interface Server extends AsyncDisposable {
  url: string;
}

const ready_timeout_ms = 30_000;

/** Starts `command` on a free port of this machine, which its arguments name, and waits until it takes connections. */
export async function startServer(
  { command, args, cwd, env }: {
    command: string;
    args: (port: number) => string[];
    cwd: string;
    env: Record<string, string>;
  },
): Promise<Server> {
  const port = freePort();
  // What a server prints goes nowhere, at the same price for all: a function's log line still costs what it costs.
  const child = new Deno.Command(command, {
    args: args(port),
    cwd,
    env: { ...denoEnvironment(), ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const server: Server = {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    },
  };
  const deadline_ms = performance.now() + ready_timeout_ms;
  while (performance.now() < deadline_ms) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await server[Symbol.asyncDispose]();
  throw new Error(`${command} ${args(port).join(" ")} does not take connections`);
}

/** The arguments of `deno serve` as functions are served, with the packages of the folder it is in. */
export function serveArgs(file: string): (port: number) => string[] {
  return (port) => [
    ...["serve", "--quiet", "--no-prompt", "--no-check", "--no-lock", "--config", "deno.json"],
    ...["--host", "127.0.0.1", "--port", String(port), "--allow-net", "--allow-env", file],
  ];
}
