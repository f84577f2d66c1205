/** What a part of the benchmarks has found, for the terminal and for docs/performance.md. */
import type { Comparison, Spread } from "./rounds.ts";

export interface BenchOptions {
  /** How many rounds of each comparison are to count. */
  rounds: number;
  /** How long each measurement takes. */
  seconds: number;
  /** How many entries the largest wallet has where growth is measured. */
  entries: number;
  /** Told what goes on. */
  log: (line: string) => void;
}

/** A chapter of docs/performance.md. */
export interface Section {
  title: string;
  /** What was measured and how, in Markdown. */
  method: string;
  parts: Part[];
  bars?: Bar[];
}

/** Something that a section shows: speeds beside each other, one thing at growing sizes, or plain cells. */
export type Part =
  | { kind: "comparison"; comparison: Comparison; unit: string }
  | { kind: "growth"; growth: Growth }
  | { kind: "table"; table: Table };

/** Durations of some operations at growing sizes, all of the same. */
export interface Growth {
  title: string;
  /** What grows. */
  of: string;
  sizes: number[];
  /** The milliseconds of each operation at each size. */
  lines: { name: string; ms: (number | undefined)[] }[];
}

export interface Table {
  title: string;
  columns: string[];
  rows: (string | number)[][];
}

/** A figure with the bound that it has to keep. */
export interface Bar {
  what: string;
  /** Undefined where it could not be measured. */
  seen: Spread | undefined;
  bound: { at_least: number } | { at_most: number };
}
