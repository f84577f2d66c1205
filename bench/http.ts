/** Requests: the functions beside the least that can be done, Supabase's own helper, and what tutorials do. */
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { functions_folder, root } from "../local/config.ts";
import { platformEnvironment } from "../local/environment.ts";
import { cachePackages, serveArgs, type Server, startServer } from "./http/servers.ts";
import { findWrk, type Target, type Wrk } from "./http/wrk.ts";
import { compare, type Comparison, type Contestant, ratioOf } from "./rounds.ts";
import type { Bar, BenchOptions, Part, Section, Table } from "./section.ts";

/** The platform's edge runtime is at the level of the first. */
const denos = ["2.1.4", "2.9.6"];

const names = {
  bare: "bare handler, one fetch",
  known: "Tally, token known",
  fresh: "Tally, token not known",
  adapter: "official adapter",
  tutorial: "tutorial's handler",
  old: "old service (FastAPI)",
  balance: "Tally",
  raw: "raw Deno.serve",
  hono: "bare Hono handler",
  health: "Tally",
};

/** The bounds of some ratios: contestant, divisor, and one bound for each Deno. */
const debit_bars: [contestant: string, divisor: string, bounds: [number, number]][] = [
  [names.known, names.bare, [0.70, 0.60]],
  [names.fresh, names.bare, [0.45, 0.25]],
  [names.known, names.adapter, [3.5, 4]],
];
const balance_bars: typeof debit_bars = [[names.balance, names.bare, [0.65, 0.65]]];
const health_bars: typeof debit_bars = [[names.health, names.raw, [0.55, 0.55]]];

const users = 100;
/** Five times what a function remembers, one after the other: each comes back when it is long forgotten. */
const fresh_tokens = 5_000;

/** Measures requests on each Deno. Without wrk there is one section, which says so. */
export async function sections(options: BenchOptions): Promise<Section[]> {
  const folder = await Deno.makeTempDir({ prefix: "tally-bench-" });
  try {
    const wrk = await findWrk(folder);
    if (wrk === undefined) {
      return [{
        title: "Requests",
        method: "Skipped: wrk 4.1.0 is not installed, nor to be had from Debian.",
        parts: [],
      }];
    }
    await Promise.all([
      copy(join(root, "bench", "http", "peers"), join(folder, "peers")),
      copy(functions_folder, join(folder, "functions")),
    ]);
    options.log("signing access tokens");
    const tokens = await signTokens();
    const measured: Section[] = [];
    for (const [index, version] of denos.entries()) {
      measured.push(await measureOn(version, index, { folder, wrk, tokens, options }));
    }
    return measured;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Bench {
  folder: string;
  wrk: Wrk;
  tokens: Tokens;
  options: BenchOptions;
}

async function measureOn(version: string, index: number, bench: Bench): Promise<Section> {
  const { folder, tokens, wrk, options: { rounds, seconds, log } } = bench;
  log(`Deno ${version}: starting the contestants`);
  const deno = await findDeno(version, folder);
  await cachePackages(deno, join(folder, "functions"), ["tokens/index.ts"]);
  await cachePackages(deno, join(folder, "peers"), ["bare.js", "adapter.js", "tutorial.js"]);
  await using servers = new AsyncDisposableStack();
  const start = async (place: string, file: string, env: Record<string, string>, command = deno) => {
    const args = command === deno ? serveArgs(file) : python(file);
    return servers.use(await startServer({ command, args, cwd: join(folder, place), env }));
  };
  const upstream = await start("peers", "upstream.js", {});
  const env = platformEnvironment(upstream.url, tokens.jwks);
  const [tally, bare, raw, adapter, tutorial] = await Promise.all([
    start("functions", "tokens/index.ts", env),
    ...["bare.js", "raw.js", "adapter.js", "tutorial.js"].map((file) => start("peers", file, env)),
  ]) as [Server, Server, Server, Server, Server];
  const old = await hasFastApi() ? await start("peers", "old_service", env, "python3") : undefined;

  const debit = ({ url }: Server, bearers = tokens.known): Target => ({
    method: "POST",
    url: `${url}/tokens/deduct`,
    tokens: bearers,
    body: JSON.stringify({ amount: 1 }),
  });
  const read = ({ url }: Server, path: string, bearers?: string[]): Target => ({
    method: "GET",
    url: url + path,
    ...(bearers && { tokens: bearers }),
  });
  const contestant = (name: string, target: Target): Contestant => ({
    name,
    measure: (seconds) => wrk(target, seconds),
  });
  const run = async (title: string, control: Contestant, contestants: Contestant[]) => {
    log(`Deno ${version}: ${title}`);
    // What is measured has been compiled.
    for (const { measure } of [control, ...contestants]) await measure(1);
    return await compare({ title: `${title}, Deno ${version}`, control, contestants, rounds, seconds });
  };

  const debits = await run("A debit", contestant(names.bare, debit(bare)), [
    contestant(names.known, debit(tally)),
    contestant(names.fresh, debit(tally, tokens.fresh)),
    contestant(names.adapter, debit(adapter)),
    contestant(names.tutorial, debit(tutorial)),
    ...(old === undefined ? [] : [contestant(names.old, debit(old))]),
  ]);
  const balances = await run("A balance", contestant(names.bare, read(bare, "/tokens")), [
    contestant(names.balance, read(tally, "/tokens", tokens.known)),
  ]);
  const health = await run("Health", contestant(names.raw, read(raw, "/tokens/health")), [
    contestant(names.hono, read(bare, "/tokens/health")),
    contestant(names.health, read(tally, "/tokens/health")),
  ]);
  const bars = (comparison: Comparison, list: typeof debit_bars): Bar[] =>
    list.map(([name, divisor, bounds]) => ({
      what: `${comparison.title}: ${name} / ${divisor}`,
      seen: ratioOf(comparison, name, divisor),
      bound: { at_least: bounds[index]! },
    }));
  const part = (comparison: Comparison): Part => ({ kind: "comparison", comparison, unit: "requests per second" });
  return {
    title: `Requests, Deno ${version}`,
    method:
      `All serve the same request over the same upstream, which answers at once, from a process of its own: what is
compared is the function alone. wrk sends over 32 connections; it takes a small part of one core, where a generator in
JavaScript would itself be what is measured. “Token known” means that the function has verified the access token within
the last minute, as it has for all but the first request of a user. The bare handler verifies nothing, checks nothing and
logs nothing: it is the limit.${
        old === undefined ? " The old service is left out: FastAPI, uvicorn and httpx are not here." : ""
      }`,
    parts: [
      ...[debits, balances, health].map(part),
      { kind: "table", table: await lostUpdates(version, tutorial, debit(tutorial).body!, tokens.known[0]!) },
    ],
    bars: [...bars(debits, debit_bars), ...bars(balances, balance_bars), ...bars(health, health_bars)],
  };
}

/** What becomes of debits of 1 at once in one wallet where a handler reads the balance, then writes it. */
async function lostUpdates(version: string, { url }: Server, body: string, token: string): Promise<Table> {
  const [debits, width] = [1_000, 16];
  const send = async () => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/tokens/deduct`, { method: "POST", headers, body });
    return (await response.json()).token as number;
  };
  const before = await send();
  let after = before;
  for (let sent = 0; sent < debits; sent += width) {
    const balances = await Promise.all(Array.from({ length: Math.min(width, debits - sent) }, send));
    after = Math.min(after, ...balances);
  }
  return {
    title: `Debits that the tutorial's handler loses, Deno ${version}`,
    columns: ["debits answered 200", "at once", "tokens that left the wallet", "debits lost"],
    rows: [[debits, width, before - after, debits - (before - after)]],
  };
}

interface Tokens {
  jwks: string;
  /** Few enough that a function remembers them all. */
  known: string[];
  fresh: string[];
}

async function signTokens(): Promise<Tokens> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "bench", alg: "ES256", use: "sig" };
  const people = Array.from({ length: users }, () => ({ id: crypto.randomUUID(), session: crypto.randomUUID() }));
  const sign = ({ id, session }: typeof people[number], jti: string) =>
    new SignJWT({ sub: id, session_id: session, role: "authenticated", email: `${id}@example.com`, jti })
      .setProtectedHeader({ alg: "ES256", kid: "bench", typ: "JWT" })
      .setAudience("authenticated").setIssuedAt().setExpirationTime("3h").sign(privateKey);
  const signAll = (count: number, name: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => sign(people[index % users]!, `${name}-${index}`)));
  return {
    jwks: JSON.stringify({ keys: [jwk] }),
    known: await signAll(users, "known"),
    fresh: await signAll(fresh_tokens, "fresh"),
  };
}

/** The binary of a version of Deno, which npm brings. `folder` is one outside the project. */
async function findDeno(version: string, folder: string): Promise<string> {
  if (version === Deno.version.deno) return Deno.execPath();
  const { stdout } = await new Deno.Command("npx", {
    args: ["-y", `deno@${version}`, "eval", "console.log(Deno.execPath())"],
    // An older one cannot read the lock file of the root.
    cwd: folder,
  }).output();
  const path = new TextDecoder().decode(stdout).trim();
  if (path === "") throw new Error(`npx -y deno@${version} does not run`);
  return path;
}

async function hasFastApi(): Promise<boolean> {
  try {
    const args = ["-c", "import fastapi, httpx, uvicorn"];
    return (await new Deno.Command("python3", { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

const python = (module: string) => (port: number) => [
  ...["-m", "uvicorn", `${module}:app`, "--host", "127.0.0.1", "--port", String(port)],
];

/** Copies a folder without its packages: outside the workspace both Denos take them from their own cache. */
async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name === "node_modules" || name.startsWith(".")) continue;
    if (isDirectory) await copy(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
