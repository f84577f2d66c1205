/** One experiment on the wallet: `deno task prove` runs it at full size, `deno task test` a short form of it. */
export interface Experiment {
  /** Its number and name in docs/guarantees.md. */
  number: number;
  name: string;
  /** The promise that it puts to the test. */
  invariant: string;
  /** Whether it compares times, which nothing beside it may disturb. */
  compares_times?: true;
  run(options: ExperimentOptions): Promise<Result[]>;
}

export interface ExperimentOptions {
  scale: "short" | "full";
  /** Of every random choice, so that a run can be repeated. */
  seed: number;
  /** Told what goes on. */
  log: (line: string) => void;
}

/** A row of the table that `deno task prove` prints. */
export interface Result {
  /** What was done, or `control: …` for the broken variant that must show the difference. */
  what: string;
  expected: string;
  seen: string;
  /** Whether the invariant held, or for a control: whether it was seen to break. */
  passed: boolean;
}

/** A small generator of random numbers from 0 up to 1 with a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs `task` for 0 to `count - 1`, `width` of them at a time, and gives their results in order. */
export async function inParallel<T>(count: number, width: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
