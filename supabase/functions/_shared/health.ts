import type { Context } from "hono";
import { Problem } from "./problem.ts";
import type { Platform } from "./settings.ts";

/** How long the database may take to answer a probe. */
const probe_timeout_ms = 3_000;
/** How long the result of a probe is used again. */
const probe_valid_ms = 1_000;

/**
 * The handler of a domain's `/health`: 200 while the function can work, 503 `upstream_unavailable` while the database
 * does not answer. (`createApp` answers 503 `misconfigured` before, where settings are missing.)
 */
export function answerHealth({ supabase_url, publishable_key }: Platform) {
  let probe = { asked_ms: -Infinity, is_up: Promise.resolve(false) };

  return async (c: Context) => {
    if (performance.now() - probe.asked_ms > probe_valid_ms) probe = { asked_ms: performance.now(), is_up: ask() };
    if (!await probe.is_up) throw new Problem("upstream_unavailable", { cause: "the database's REST does not answer" });
    return c.json({ status: "ok" });
  };

  // Everyone may read the packs. An answer below 500 comes from a database that works.
  async function ask(): Promise<boolean> {
    try {
      const response = await fetch(`${supabase_url}/rest/v1/token_packs?select=id&limit=1`, {
        headers: { apikey: publishable_key },
        signal: AbortSignal.timeout(probe_timeout_ms),
      });
      await response.body?.cancel();
      return response.status < 500;
    } catch {
      return false;
    }
  }
}
