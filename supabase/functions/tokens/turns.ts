import { Problem } from "../_shared/problem.ts";

interface Queue {
  running: number;
  /** Each starts one task that waits, first come first. */
  waiting: (() => void)[];
}

/** Runs a task of an account when its turn has come. 503 `wallet_busy` where that takes too long: it did not run. */
export type InTurn = <Result>(user_id: string, task: () => PromiseLike<Result>) => Promise<Result>;

/**
 * Gives each account a queue of its own: at most `width` of its tasks run at once, and the others wait up to
 * `max_wait_ms`. The database changes a wallet once at a time anyway, and a task that waits here takes no connection
 * that other accounts need.
 */
export function createTurns({ width, max_wait_ms }: { width: number; max_wait_ms: number }): InTurn {
  const queues = new Map<string, Queue>();

  return async (user_id, task) => {
    const queue = queues.get(user_id) ?? { running: 0, waiting: [] };
    queues.set(user_id, queue);
    let waited_ms = 0;
    if (queue.running < width) {
      queue.running++;
    } else {
      const came_ms = performance.now();
      await new Promise<void>((start) => queue.waiting.push(start));
      waited_ms = performance.now() - came_ms;
    }
    try {
      if (waited_ms > max_wait_ms) throw new Problem("wallet_busy");
      return await task();
    } finally {
      // The place goes to the next in line, or is free.
      const start = queue.waiting.shift();
      if (start !== undefined) start();
      else if (--queue.running === 0) queues.delete(user_id);
    }
  };
}
