/**
 * The load generator: wrk, which takes a small part of one core where a generator in JavaScript would take all of one,
 * and so bound what it measures.
 */
import { join } from "node:path";

/** The version that counts; a distribution may have added to it. */
const version = "4.1.0";
const connections = 32;
/** Debian's names of what wrk needs beside libraries that every Debian has. */
const debian_packages = ["wrk", "libluajit-5.1-2", "libluajit-5.1-common"];

export interface Target {
  method: "GET" | "POST";
  url: string;
  /** The requests take these turns: each one is a bearer token. Without any there is no such header. */
  tokens?: string[];
  body?: string;
}

/** Runs wrk against a target and returns how many requests per second were answered with success. */
export type Wrk = (target: Target, seconds: number) => Promise<number>;

/** Finds wrk on the path or brings it from Debian into a folder. Undefined where neither can be had. */
export async function findWrk(folder: string): Promise<Wrk | undefined> {
  const installed = { command: "wrk", env: {} };
  const unpacked = {
    command: join(folder, "usr", "bin", "wrk"),
    env: { LD_LIBRARY_PATH: join(folder, "usr", "lib", `${Deno.build.arch}-linux-gnu`) },
  };
  const wrk = await isWrk(installed) ? installed : await unpack(folder) && await isWrk(unpacked) ? unpacked : undefined;
  return wrk && ((target, seconds) => run(wrk, folder, target, seconds));
}

type Program = { command: string; env: Record<string, string> };

async function isWrk({ command, env }: Program): Promise<boolean> {
  try {
    const { stdout, stderr } = await new Deno.Command(command, { args: ["-v"], env }).output();
    return [stdout, stderr].some((bytes) => new TextDecoder().decode(bytes).includes(version));
  } catch {
    return false;
  }
}

async function unpack(folder: string): Promise<boolean> {
  try {
    const run = async (command: string, args: string[]) =>
      (await new Deno.Command(command, { args, cwd: folder, stdout: "null", stderr: "null" }).output()).success;
    if (!await run("apt-get", ["download", ...debian_packages])) return false;
    const files = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".deb"));
    for (const { name } of files) if (!await run("dpkg", ["-x", name, "."])) return false;
    return true;
  } catch {
    return false;
  }
}

async function run({ command, env }: Program, folder: string, target: Target, seconds: number): Promise<number> {
  const script = join(folder, "requests.lua");
  await Deno.writeTextFile(script, requestsIn(target));
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, target.url];
  const { stdout, stderr } = await new Deno.Command(command, { args, env, cwd: folder }).output();
  const output = new TextDecoder().decode(stdout);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(output) ?? [];
  // A refusal is quick: it would pass for speed.
  if (rate === undefined || /Non-2xx|Socket errors/.test(output)) {
    throw new Error(`${target.url} did not answer all: ${output}${new TextDecoder().decode(stderr)}`);
  }
  return Number(rate);
}

/** The requests of a target, each made once, for wrk's Lua. */
function requestsIn({ method, tokens, body }: Target): string {
  const quoted = (text: string) => JSON.stringify(text);
  return `
    wrk.method = ${quoted(method)}
    ${body === undefined ? "" : `wrk.body = ${quoted(body)} wrk.headers["content-type"] = "application/json"`}
    local tokens, requests, next = {${(tokens ?? []).map(quoted).join(",")}}, {}, 0
    init = function()
      if #tokens == 0 then requests[1] = wrk.format() end
      for index, token in ipairs(tokens) do
        wrk.headers["authorization"] = "Bearer " .. token
        requests[index] = wrk.format()
      end
    end
    request = function()
      next = next % #requests + 1
      return requests[next]
    end`;
}
