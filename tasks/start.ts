/** `deno task start`: the whole backend on this machine, until Ctrl-C. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure } from "../local/failure.ts";
import { startSchedule } from "../local/schedule.ts";
import { publishable_key, readConfig, secret_key, startStack } from "../local/stack.ts";

const data_folder = join(import.meta.dirname!, "..", "supabase", ".temp", "stack");

try {
  await start();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  Deno.exit(1);
}

async function start() {
  const started_ms = performance.now();
  const { reset, port } = readFlags();
  const config = readConfig();
  const stack = await startStack({
    data_folder,
    port: port ?? config.api.port,
    reset,
    database_port: port === undefined ? config.db.port : port + 1,
    watch: true,
    log: console.log,
  });
  const stopSchedule = startSchedule(stack);
  const stop = async () => {
    console.log("\nStopping …");
    await stopSchedule();
    await stack.stop();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);

  console.log(`
Tally is ready, after ${((performance.now() - started_ms) / 1_000).toFixed(1)} s.

  API              ${stack.url}
  Functions        ${stack.url}/functions/v1/{${[...stack.functions.keys()].join(",")}}
  Database         ${stack.database_url}
  Publishable key  ${publishable_key}
  Secret key       ${secret_key}
  Data             ${stack.data_folder}

Make an account:

  curl -s ${stack.url}/functions/v1/auth/signup \\
    -H 'content-type: application/json' \\
    -d '{"email": "ada@example.com", "password": "correct horse battery"}'

Functions reload when their files change. Ctrl-C stops everything; the data stays.
`);
}

function readFlags(): { reset: boolean; port: number | undefined } {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: { reset: { type: "boolean", default: false }, port: { type: "string" } },
    });
    if (values.port !== undefined && !/^\d{2,5}$/.test(values.port)) throw new Error(`${values.port} is no port`);
    return { reset: values.reset, port: values.port === undefined ? undefined : Number(values.port) };
  } catch (error) {
    throw new Failure(`${(error as Error).message}\nUsage: deno task start [--reset] [--port N]`);
  }
}
