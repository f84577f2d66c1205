/** `deno task start`: the whole backend on this machine, until Ctrl-C. */
import { taskCommand } from "../local/command.ts";
import { readConfig } from "../local/config.ts";
import { publishable_key, secret_key } from "../local/environment.ts";
import { failureText } from "../local/failure.ts";
import { default_data_folder } from "../local/folder.ts";
import { followLaunchers } from "../local/launchers.ts";
import { sitePages } from "../local/pages/site.ts";
import { startSchedule } from "../local/schedule.ts";
import { ensureStaff, staff_account } from "../local/staff.ts";
import { startStack } from "../local/stack.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("start")} [--reset] [--port N] [--auth URL] [--rest URL]

Starts the whole backend on this machine: Postgres, Auth, REST, the gateway and the functions. Ctrl-C stops it.

  --reset    begin with an empty database
  --port N   the gateway's port; the database takes N + 1 (default: those of supabase/config.toml)
  --auth URL  an Auth of your own in the place of the built-in one, on the same database. The stack writes the
              settings that it needs into auth.env in its data folder, then waits for it
  --rest URL  a PostgREST of your own likewise: its tokens are signed with the keys at /auth/v1/.well-known/jwks.json

Ends with 0 when it was stopped, with 1 where it could not start, with 2 for wrong arguments.
`;
const { values: { reset = false, port: port_text, auth, rest } } = readArguments({
  help,
  options: {
    reset: { type: "boolean" },
    port: { type: "string" },
    auth: { type: "string" },
    rest: { type: "string" },
  },
});
const auth_url = readUrl("--auth", auth);
const rest_url = readUrl("--rest", rest);
const max_port = 65_534;
const port = port_text === undefined ? undefined : Number(port_text);
if (port_text !== undefined && !/^\d{1,5}$/.test(port_text) || port === 0 || (port ?? 0) > max_port) {
  refuseArguments(
    help,
    `--port ${port_text}: a port is a number from 1 to ${max_port}, since the database takes the next.`,
  );
}

try {
  await start();
} catch (error) {
  console.error(failureText(error));
  Deno.exit(1);
}

async function start() {
  const started_ms = performance.now();
  const config = readConfig();
  const stack = await startStack({
    data_folder: default_data_folder,
    port: port ?? config.api.port,
    reset,
    database_port: port === undefined ? config.db.port : port + 1,
    watch: true,
    ...(auth_url !== undefined && { auth_url }),
    ...(rest_url !== undefined && { rest_url }),
    log: console.log,
  });
  await ensureStaff(stack);
  const stopSchedule = startSchedule(stack);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // Nobody may be reading any more, where the terminal is gone.
    print("\nStopping …");
    await Promise.all([stack.stop(), stopSchedule()]);
    Deno.exit(0);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  await followLaunchers(stop);

  console.log(`
Tally is ready, after ${((performance.now() - started_ms) / 1_000).toFixed(1)} s.

${pageLines(stack.url)}

  API              ${stack.url}
  Functions        ${stack.url}/functions/v1/{${[...stack.functions.keys()].join(",")}}
  Mails            ${stack.url}/mail/
  Database         ${stack.database_url}
  Publishable key  ${publishable_key}
  Secret key       ${secret_key}
  Support staff    ${staff_account.email}, password “${staff_account.password}”
  Data             ${stack.data_folder}

Make an account:

  curl -s ${stack.url}/functions/v1/auth/signup \\
    -H 'content-type: application/json' \\
    -d '{"email": "ada@example.com", "password": "correct horse battery"}'

Functions reload when their files change. Ctrl-C stops everything; the data stays.
`);
}

/** The pages to open, each with its address. */
function pageLines(url: string): string {
  const pages = [
    { title: "Start page", path: "" },
    ...sitePages().map(({ title, name }) => ({ title, path: `${name}/` })),
  ];
  return pages.map(({ title, path }) => `  ${title.padEnd(16)} ${url}/${path}`).join("\n");
}

function readUrl(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    refuseArguments(help, `${flag} ${text}: an address begins with http:// or https://.`);
  }
  return text.replace(/\/+$/, "");
}

function print(text: string) {
  try {
    console.log(text);
  } catch {
    // The terminal is gone.
  }
}
