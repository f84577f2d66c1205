import { join } from "node:path";
import { functionNames, functions_folder } from "./config.ts";
import type { ServerProcess } from "./process.ts";

/** Starts a server of the stack with these settings and arguments. */
export type Serve = (name: string, env: Record<string, string>, args: (port: number) => string[]) => ServerProcess;

/** The functions of a stack, each in a process of its own. */
export class Functions {
  readonly processes: Map<string, ServerProcess> = new Map();
  readonly #serve: Serve;
  readonly #readEnvironment: () => Record<string, string>;
  readonly #watch: boolean;
  #env: Record<string, string>;

  /** `readEnvironment` returns the functions' settings; `watch` reloads a function when its files change. */
  constructor(serve: Serve, readEnvironment: () => Record<string, string>, { watch }: { watch: boolean }) {
    this.#serve = serve;
    this.#readEnvironment = readEnvironment;
    this.#watch = watch;
    this.#env = readEnvironment();
    for (const name of functionNames()) this.#start(name);
  }

  #start(name: string): ServerProcess {
    const process = this.#serve(name, this.#env, (port) => functionArgs(name, port, this.#watch));
    this.processes.set(name, process);
    return process;
  }

  /** The settings that the functions run with. */
  get env(): Record<string, string> {
    return this.#env;
  }

  /** Resolves once all functions take connections. */
  async ready(): Promise<void> {
    await Promise.all([...this.processes.values()].map((process) => process.ready));
  }

  /** Starts the functions whose folders are new, and stops those whose folders are gone. */
  async follow(): Promise<{ come: string[]; gone: string[] }> {
    const names = functionNames();
    const come = names.filter((name) => !this.processes.has(name));
    const gone = [...this.processes.keys()].filter((name) => !names.includes(name));
    for (const name of gone) {
      await this.processes.get(name)!.stop();
      this.processes.delete(name);
    }
    await Promise.all(come.map((name) => this.#start(name).ready));
    return { come, gone };
  }

  /** Reads the settings again and restarts all functions if they changed. Returns whether they changed. */
  async refresh(): Promise<boolean> {
    const env = this.#readEnvironment();
    if (JSON.stringify(env) === JSON.stringify(this.#env)) return false;
    this.#env = env;
    await Promise.all([...this.processes.values()].map((process) => process.restart(env)));
    return true;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((process) => process.stop()));
  }
}

/** A function runs as on the edge runtime: it may use the network and its environment, and nothing else. */
function functionArgs(name: string, port: number, watch: boolean): string[] {
  return [
    ...["serve", "--quiet", "--no-prompt", "--host", "127.0.0.1", "--port", String(port)],
    ...["--config", join(functions_folder, "deno.json"), "--allow-net", "--allow-env"],
    ...(watch ? ["--watch", "--no-clear-screen"] : []),
    join(functions_folder, name, "index.ts"),
  ];
}
