import { secret_key } from "../../local/stack.ts";

/** Patience with a server that is down: far more than any experiment needs. */
const most_attempts = 500;

/**
 * Credits one token to a user, and tries again until it is told that it worked. With `keyed` the
 * tries carry one Idempotency-Key, which is the reference of the entry as well.
 */
export async function creditUntilAnswered(
  base_url: string,
  { user_id, reference, keyed }: { user_id: string; reference: string; keyed: boolean },
): Promise<{ attempts: number }> {
  for (let attempts = 1; attempts <= most_attempts; attempts++) {
    const status = await fetch(`${base_url}/functions/v1/tokens/add`, {
      method: "POST",
      headers: {
        apikey: secret_key,
        "content-type": "application/json",
        ...(keyed && { "idempotency-key": reference }),
      },
      body: JSON.stringify({ user_id, amount: 1, reference }),
      signal: AbortSignal.timeout(15_000),
    }).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    }, () => undefined);
    if (status === 200) return { attempts };
    if (status !== undefined && status < 500) throw new Error(`${reference} was answered ${status}`);
    // A server that is down refuses at once: do not ask a thousand times a second.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${reference} got no answer in ${most_attempts} attempts`);
}
