/** The arithmetic of the benchmarks: who is measured when, which rounds count, and what is made of them. */

/** One of those that are compared. */
export interface Contestant {
  name: string;
  /** Runs for about `seconds` and returns how many it did per second. */
  measure(seconds: number): Promise<number>;
}

export interface ComparisonOptions {
  title: string;
  /** The one that the others are divided by. It is measured between all rounds. */
  control: Contestant;
  contestants: Contestant[];
  /** How many rounds are to count. */
  rounds: number;
  /** How long each measurement takes. */
  seconds: number;
}

/** What each one did per second in one round, by name. */
export type Round = Record<string, number>;

export interface Comparison {
  title: string;
  control: string;
  /** The names in the order in which they are printed, the control first. */
  names: string[];
  /** The rounds that count. */
  kept: Round[];
  /** How many rounds did not count, since the control changed while they lasted. */
  dropped: number;
}

/** The middle of some numbers, and the least and greatest of them. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** How far the control may be, after a round, from what it did before it. */
export const max_control_change = 0.15;
/** Where the machine is busy with other things, this many times as many rounds are tried. */
const max_attempts = 2;

/**
 * Measures contestants in rounds. Their order moves on by one each round, so that nobody always comes after the same
 * one. The control runs before and after each round: its mean there is what the round's ratios divide by, and where
 * the two differ by more than 15 % the round does not count and is repeated, within reason.
 */
export async function compare(
  { title, control, contestants, rounds, seconds }: ComparisonOptions,
): Promise<Comparison> {
  const kept: Round[] = [];
  let dropped = 0;
  let before = await control.measure(seconds);
  for (let attempt = 0; kept.length < rounds && attempt < rounds * max_attempts; attempt++) {
    const round: Round = {};
    for (const { name, measure } of rotated(contestants, attempt)) round[name] = await measure(seconds);
    const after = await control.measure(seconds);
    if (hasMoved(before, after)) dropped++;
    else kept.push({ ...round, [control.name]: (before + after) / 2 });
    before = after;
  }
  return { title, control: control.name, names: [control, ...contestants].map(({ name }) => name), kept, dropped };
}

/** What one contestant did per second. Undefined where no round counts. */
export function rateOf({ kept }: Comparison, name: string): Spread | undefined {
  return spread(kept.map((round) => round[name]!));
}

/** What one contestant did, divided by what another did in the same round. Undefined where no round counts. */
export function ratioOf({ kept }: Comparison, name: string, divisor: string): Spread | undefined {
  return spread(kept.map((round) => round[name]! / round[divisor]!));
}

/** Median, minimum and maximum. Undefined for no numbers. */
export function spread(numbers: number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Whether two measurements of the control are too far apart to say anything of what lies between them. */
function hasMoved(before: number, after: number): boolean {
  return Math.abs(after - before) > max_control_change * Math.max(before, after);
}

function rotated<T>(list: T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
