import { Failure } from "./failure.ts";

/** A port of this machine that nobody uses at the moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Fails with what to do where a port cannot be had. */
export function requireFreePort(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    throw new Failure(
      error instanceof Deno.errors.PermissionDenied
        ? `Port ${port} is for the system's own programs: choose ports from 1024 on with --port N.`
        : `Port ${port} is taken by another program: stop that one, or choose other ports with --port N.`,
    );
  }
}
