/** The pages as `deno task pages` writes them, and a host that knows nothing but files. */
import { join } from "node:path";
import { root } from "../docs/pages.ts";

/** Runs the task with these arguments. Returns its exit code and all that it printed. */
export async function writeSite(...args: string[]): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(root, "tasks", "pages.ts"), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

const media_types: Record<string, string> = {
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

/** Serves a folder on a port of its own, without any header that a page would need but its type. */
export function serveFolder(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const content = await Deno.readFile(join(folder, path)).catch(() => null);
    if (content === null) return new Response("not found", { status: 404 });
    const [, ending = ""] = /\.(\w+)$/.exec(path) ?? [];
    return new Response(content, { headers: { "content-type": media_types[ending] ?? "application/octet-stream" } });
  });
}
