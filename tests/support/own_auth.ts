/** Stands in for an Auth of one's own: is set up by the stack's auth.env, and records what it is asked. */
import { ensureAuthSchema } from "../../local/upstream.ts";

export interface Asked {
  method: string;
  path: string;
  headers: Headers;
}

/** Serves on a free port; `answer` gives what it says to all but its health and keys. */
export function startOwnAuth(answer: (asked: Asked) => Response) {
  const asked: Asked[] = [];
  let settings: Record<string, string> | undefined;
  let keys: unknown[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/health") return new Response(null, { status: settings === undefined ? 503 : 200 });
    if (pathname === "/.well-known/jwks.json") return Response.json({ keys });
    const call = { method: request.method, path: pathname + search, headers: request.headers };
    asked.push(call);
    return answer(call);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    settings: () => settings!,
    /** Sees in the log of the stack that it is waited for, makes its tables, and is healthy from then on. */
    async heed(line: string, { key = (key: object): object => key } = {}) {
      const [, file] = /settings from (\S*auth\.env)/.exec(line) ?? [];
      if (file === undefined) return;
      const read = Object.fromEntries(
        (await Deno.readTextFile(file)).trim().split("\n").map((line) => /^(\w+)=(.*)$/.exec(line)!.slice(1)),
      );
      keys = JSON.parse(read.GOTRUE_JWT_KEYS!).map(({ d: _, ...public_key }: { d: string }) => key(public_key));
      const database_url = read.DATABASE_URL!.replace("supabase_auth_admin:", "postgres:");
      const unused = { publishable_key: "", secret_key: "", inner_secret: "x".repeat(32), mail_file: "" };
      await ensureAuthSchema({ database_url, ...unused, auth: {} });
      settings = read;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
