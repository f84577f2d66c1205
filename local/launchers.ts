import process from "node:process";

const interval_ms = 1_000;

/**
 * Calls `stop` once one of the programs that launched this one is gone: npx, npm's wrapper of Deno and `deno task`
 * do not pass on that they were killed.
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

/** The processes above one, as far as they belong to its command line. */
async function launchersOf(pid: number): Promise<number[]> {
  const ps = await new Deno.Command("ps", { args: ["-eo", "pid=,ppid=,args="] }).output().catch(() => undefined);
  const lines = new TextDecoder().decode(ps?.stdout).split("\n");
  const rows = new Map(lines.flatMap((line) => {
    const [, id, parent, command] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [[Number(id), { parent: Number(parent), command: command! }] as const];
  }));
  const launchers: number[] = [];
  for (let above = rows.get(pid)?.parent; above !== undefined; above = rows.get(above)?.parent) {
    if (!/\bdeno\b.*\btask\b/.test(rows.get(above)?.command ?? "")) break;
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
