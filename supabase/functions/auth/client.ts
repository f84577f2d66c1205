import { isIP } from "node:net";
import type { Context } from "hono";

/** The program that sent a request, as Auth is to know it: what it counts by address, and what users see of a session. */
export interface Client {
  ip?: string;
  user_agent?: string;
}

const max_user_agent_characters = 255;

/**
 * The client of a request. Its address is what a trusted proxy names in a header: one valid address, or nothing. Without
 * such a header nobody is believed: the leftmost value of x-forwarded-for is the client's to choose.
 */
export function clientOf(c: Context, ip_header: string | undefined): Client {
  const ip = ip_header ? c.req.header(ip_header)?.trim() : undefined;
  const user_agent = c.req.header("user-agent")?.slice(0, max_user_agent_characters);
  return {
    ...(ip !== undefined && isIP(ip) !== 0 && { ip }),
    ...(user_agent && { user_agent }),
  };
}
