import { TextLineStream } from "../../local/lines.ts";

export interface TestRun {
  passed: number;
  failed: number;
  skipped: number;
}

interface TapOptions {
  /** The arguments of `deno test`. */
  args: string[];
  env?: Record<string, string>;
  /** Prints, without a line break. */
  print: (text: string) => void;
  /** Returns the log lines since the last file, which are printed if one of its tests failed. */
  logOfFile: () => string[];
}

/** The slowest tests are experiments in their short form: a minute on a busy machine. */
const max_silence_ms = 5 * 60_000;

/** Runs `deno test` and prints a line for each file with a dot for each test, and every failure in full. */
export async function runTests({ args, env = {}, print, logOfFile }: TapOptions): Promise<TestRun> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--reporter=tap", ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const total: TestRun = { passed: 0, failed: 0, skipped: 0 };
  let file: { passed: number; failures: string[]; started_ms: number } | undefined;

  /** A test that waits for something that never comes ends the run, instead of waiting with it. */
  function stop() {
    print(`\nNothing has ended for ${max_silence_ms / 60_000} minutes: given up.\n`);
    total.failed++;
    child.kill("SIGKILL");
  }

  const endFile = () => {
    if (file === undefined) return;
    print(` ${file.passed} passed in ${((performance.now() - file.started_ms) / 1_000).toFixed(1)} s\n`);
    if (file.failures.length > 0) {
      const log = logOfFile();
      print(["", ...file.failures, ...(log.length > 0 ? ["The stack's log:", ...log] : []), ""].join("\n") + "\n");
    } else logOfFile();
    file = undefined;
  };

  // TAP 14: a comment names the file, subtests are indented, a failure is followed by its diagnostics.
  let alarm = setTimeout(stop, max_silence_ms);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    clearTimeout(alarm);
    alarm = setTimeout(stop, max_silence_ms);
    const [, file_name] = /^# (\.\/.+)$/.exec(line) ?? [];
    const [, failed, name, skipped] = /^(not )?ok \d+ - (.*?)( # SKIP)?$/.exec(line) ?? [];
    if (file_name !== undefined) {
      endFile();
      file = { passed: 0, failures: [], started_ms: performance.now() };
      print(`${file_name.slice(2)} `);
    } else if (name !== undefined && file !== undefined) {
      if (failed !== undefined) {
        total.failed++;
        file.failures.push(`FAILED: ${name}`);
        print("!");
      } else if (skipped !== undefined) total.skipped++;
      else {
        total.passed++;
        file.passed++;
        print(".");
      }
    } else if (line.startsWith("  {") && file !== undefined) {
      file.failures.push(messageOf(line));
    }
  }
  clearTimeout(alarm);
  endFile();
  const { success } = await child.status;
  if (!success && total.failed === 0) {
    // Not a test: a file that does not compile, or throws.
    print(`\n${await errors}\n`);
    total.failed++;
  }
  return total;
}

function messageOf(diagnostics: string): string {
  try {
    return JSON.parse(diagnostics).message;
  } catch {
    return diagnostics;
  }
}
