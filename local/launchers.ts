import process from "node:process";

const interval_ms = 1_000;

/** The command line of a launcher: `npm exec deno@…`, `sh -c deno …`, `node …/deno/bin.cjs`, `deno task`. */
const launcher = /^(\S*\/)?deno\b|^(\S*\/)?(npm|npx|node)\b.*\bdeno\b|^sh -c '?deno\b/;

/**
 * Calls `stop` when a program that launched this one is gone: npx, npm's wrapper of Deno or `deno task`. None of them
 * ends its child when it is killed.
 */
export async function followLaunchers(stop: () => void): Promise<void> {
  const launchers = await launchersOf(process.pid);
  const timer = setInterval(() => {
    if (launchers.every(isAlive)) return;
    clearInterval(timer);
    stop();
  }, interval_ms);
  Deno.unrefTimer(timer as unknown as number);
}

/** The ids of a process's ancestors, up to the first that is no launcher. */
async function launchersOf(pid: number): Promise<number[]> {
  const ps = await new Deno.Command("ps", { args: ["-eo", "pid=,ppid=,args="] }).output().catch(() => undefined);
  const lines = new TextDecoder().decode(ps?.stdout).split("\n");
  const rows = new Map(lines.flatMap((line) => {
    const [, id, parent, command] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [[Number(id), { parent: Number(parent), command: command! }] as const];
  }));
  const launchers: number[] = [];
  for (let above = rows.get(pid)?.parent; above !== undefined; above = rows.get(above)?.parent) {
    if (!launcher.test(rows.get(above)?.command ?? "")) break;
    launchers.push(above);
  }
  return launchers;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
