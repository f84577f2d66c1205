/** `deno task screenshots`: takes the pictures of docs/screenshots, of a made-up person on a stack of its own. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { taskCommand } from "../local/command.ts";
import { readConfig, root } from "../local/config.ts";
import { sitePages } from "../local/pages/site.ts";
import { ensureStaff, staff_account } from "../local/staff.ts";
import { browser_path, openPage } from "../tests/support/browser.ts";
import { tryOut } from "../tests/support/docs_page.ts";
import { connectDatabase, ownStack } from "../tests/support/own_stack.ts";
import { readArguments } from "./arguments.ts";
import { type Person, tellStory } from "./screenshots/story.ts";

const help = `
Usage: ${taskCommand("screenshots")} [--only NAME]

Takes the pictures of docs/screenshots: each page at 1280 and 390 pixels, light and dark. Needs chromium, on its usual
path or at CHROMIUM.

  --only NAME  the pictures whose names begin so, such as wallet

Ends with 0 when they were taken, with 1 where they could not be, with 2 for wrong arguments.
`;
const { values: { only = "" } } = readArguments({ help, options: { only: { type: "string" } } });
if (browser_path === undefined) {
  console.error("There is no chromium here. Install Debian's, or say with CHROMIUM where one is.");
  Deno.exit(1);
}

type Scheme = "light" | "dark";

/** What is on a picture. */
interface Shot {
  name: string;
  url: string;
  widths: [width: number, scheme: Scheme][];
  /** Brings the page to what is to be seen. */
  prepare?: (page: Page) => Promise<unknown>;
}

const folder = join(root, "docs", "screenshots");
const desktop = 1280;
const phone = 390;
/** The addresses that a reader will have, where nothing else has them now. */
const { api, db } = readConfig();
const usual_ports = [api.port, db.port].every(isFree) ? { port: api.port, database_port: db.port } : {};
const both: Shot["widths"] = [[desktop, "light"], [phone, "dark"]];

await using stack = await ownStack({
  ...usual_ports,
  log: (line) => line.includes("error") && console.log(line),
});
await using sql = connectDatabase(stack, 1);
const person = await tellStory(stack, sql);
await ensureStaff(stack);
await Deno.mkdir(folder, { recursive: true });
let bytes = 0;
for (const shot of shotsOf(person)) {
  if (!shot.name.startsWith(only)) continue;
  for (const [width, scheme] of shot.widths) {
    await using opened = await openPage(shot.url, { width, scheme });
    const { page } = opened;
    await page.waitForLoadState("networkidle");
    await shot.prepare?.(page);
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    await page.evaluate("document.activeElement?.blur()");
    const file = join(folder, `${shot.name}-${width}-${scheme}.png`);
    const picture = await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    bytes += picture.length;
    console.log(`${file.slice(root.length + 1)}, ${Math.ceil(picture.length / 1_000)} KB`);
  }
}
console.log(`${Math.ceil(bytes / 1_000)} KB in all`);

function shotsOf(person: Person): Shot[] {
  const names = new Set(sitePages().map(({ name }) => name));
  return [
    { name: "start", url: `${stack.url}/`, widths: both },
    { name: "docs", url: `${stack.url}/docs/`, widths: both, prepare: signIn },
    { name: "docs-answer", url: `${stack.url}/docs/`, widths: [[desktop, "light"]], prepare: callRoute },
    { name: "checkout", url: person.checkout_url, widths: [[desktop, "dark"], [phone, "light"]] },
    ...names.has("wallet") ? walletShots(person) : [],
    ...names.has("desk") ? deskShots(person) : [],
  ];
}

async function signIn(page: Page) {
  await tryOut(page, "POST", "/auth/signin", { email: person.email, password: person.password });
  await page.locator("#caller").getByText(person.email).waitFor();
  await page.locator(".opblock.is-open .opblock-summary-control").click();
  await page.evaluate("scrollTo(0, 0)");
}

async function callRoute(page: Page) {
  await signIn(page);
  await tryOut(page, "POST", "/tokens/deduct", { amount: 5, reference: "export" });
  await page.locator(".opblock.is-open .execute").evaluate((button) => button.scrollIntoView());
  await page.evaluate("scrollBy(0, -230)");
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

function walletShots({ email, password }: Person): Shot[] {
  const open = (route: string, title: string) => async (page: Page) => {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("[data-balance]").waitFor();
    await page.evaluate(`location.hash = ${JSON.stringify(route)}`);
    await page.getByRole("heading", { name: title, level: 1 }).waitFor();
  };
  const url = `${stack.url}/wallet/`;
  const all: Shot["widths"] = [[desktop, "light"], [desktop, "dark"], [phone, "light"], [phone, "dark"]];
  return [
    { name: "wallet", url, widths: all, prepare: open("wallet", "Wallet") },
    { name: "wallet-buy", url, widths: both, prepare: open("buy", "Buy") },
    { name: "wallet-history", url, widths: both, prepare: open("history", "History") },
    { name: "wallet-cv", url, widths: both, prepare: open("cv", "CV") },
  ];
}

function deskShots(person: Person): Shot[] {
  const prepare = async (page: Page) => {
    await page.getByLabel("E-mail address").fill(staff_account.email);
    await page.getByLabel("Password").fill(staff_account.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Find somebody").fill(person.email);
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.locator("[data-balance]").waitFor();
  };
  return [{ name: "desk", url: `${stack.url}/desk/`, widths: both, prepare }];
}
