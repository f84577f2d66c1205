import type { Experiment } from "./experiment.ts";

/** Every experiment, in the order of docs/guarantees.md. */
export const experiments: Experiment[] = [];
