import { isIP } from "node:net";
import type { Context } from "hono";

// The header in which the proxy in front of this function names the client. None by
// default: the leftmost value of x-forwarded-for is the client's to choose.
const header = Deno.env.get("CLIENT_IP_HEADER");

/** The client's address as a trusted proxy names it: one valid address, or nothing. */
export function clientIp(c: Context): string | undefined {
  const address = header ? c.req.header(header)?.trim() : undefined;
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
