import { isIP } from "node:net";
import type { Context } from "hono";

/**
 * The client's address as a trusted proxy names it in a header: one valid address, or nothing. Without such a header
 * nobody is believed: the leftmost value of x-forwarded-for is the client's to choose.
 */
export function clientIp(c: Context, header: string | undefined): string | undefined {
  const address = header ? c.req.header(header)?.trim() : undefined;
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
