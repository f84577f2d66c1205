import { api_fuzz } from "./api_fuzz.ts";
import { debits } from "./debits.ts";
import { doors } from "./doors.ts";
import type { Experiment } from "./experiment.ts";
import { hold_races } from "./hold_races.ts";
import { killed_database } from "./killed_database.ts";
import { killed_function } from "./killed_function.ts";
import { killed_webhooks } from "./killed_webhooks.ts";
import { lost_replies } from "./lost_replies.ts";
import { lost_webhooks } from "./lost_webhooks.ts";
import { lock_order } from "./lock_order.ts";
import { piles } from "./piles.ts";
import { random_histories } from "./random_histories.ts";
import { refused } from "./refused.ts";
import { retries } from "./retries.ts";

/** Every experiment, in the order of docs/guarantees.md. */
export const experiments: Experiment[] = [
  debits,
  retries,
  lost_replies,
  killed_database,
  killed_function,
  hold_races,
  random_histories,
  doors,
  api_fuzz,
  killed_webhooks,
  lost_webhooks,
  refused,
  piles,
  lock_order,
];
