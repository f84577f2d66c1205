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
    env: { ...edgeEnvironment(), ...env },
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

/** Brings the packages of some modules into the cache of a Deno, so that its servers start at once. */
export async function cachePackages(deno: string, cwd: string, files: string[]): Promise<void> {
  const args = ["cache", "--quiet", "--no-lock", "--config", "deno.json", ...files];
  const options = { args, cwd, env: edgeEnvironment(), clearEnv: true, stdin: "null", stdout: "null" } as const;
  const { success, stderr } = await new Deno.Command(deno, options).output();
  if (!success) throw new Error(`The packages of the peers cannot be had: ${new TextDecoder().decode(stderr)}`);
}

/** Deno 2.1 trusts its own list of authorities alone unless told to use the machine's as well. */
function edgeEnvironment(): Record<string, string> {
  return { DENO_TLS_CA_STORE: "mozilla,system", ...denoEnvironment() };
}

/** The arguments of `deno serve` as functions are served, with the packages of the folder it is in. */
export function serveArgs(file: string): (port: number) => string[] {
  return (port) => [
    ...["serve", "--quiet", "--no-prompt", "--no-check", "--no-lock", "--config", "deno.json"],
    ...["--host", "127.0.0.1", "--port", String(port), "--allow-net", "--allow-env", file],
  ];
}
