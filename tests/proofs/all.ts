import { debits } from "./debits.ts";
import type { Experiment } from "./experiment.ts";
import { hold_races } from "./hold_races.ts";
import { retries } from "./retries.ts";

/** Every experiment, in the order of docs/guarantees.md. */
export const experiments: Experiment[] = [debits, retries, hold_races];
