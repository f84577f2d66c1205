/** A real browser for pages: Debian's chromium, or the one that CHROMIUM names. */
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const candidates = [
  Deno.env.get("CHROMIUM"),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].filter((path) => path !== undefined);

/** Where a browser is; undefined where there is none, and tests that need one are skipped. */
export const browser_path = candidates.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

// Without these it asks its maker's servers at each start. Root has no sandbox to run in.
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** How long a page may take before a test gives up: long, since a machine may be busy with other things. */
const patience_ms = 120_000;

export interface OpenPage extends AsyncDisposable {
  page: Page;
  /** What went wrong: errors of scripts, refusals by the content security policy. */
  errors: string[];
  /** The hosts that were asked for something. */
  hosts: Set<string>;
}

/** Opens a page in a browser of its own, which closes when it is disposed of. */
export async function openPage(
  url: string,
  { width = 1280, scheme = "light" as "light" | "dark" } = {},
): Promise<OpenPage> {
  const browser: Browser = await chromium.launch({
    executablePath: browser_path!,
    args: [...quiet, ...(Deno.uid() === 0 ? ["--no-sandbox"] : [])],
  });
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale: "en-US",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(patience_ms);
  const page = await context.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  return { page, errors, hosts, [Symbol.asyncDispose]: () => browser.close() };
}

/**
 * What keeps people from using the page as it stands: one line for each rule and element, by axe-core's whole list (WCAG
 * 2.2 A and AA, and its advice). Empty where everybody can use it.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  // By the debugger: the page's own policy would not let a script in.
  await page.evaluate(axe.source);
  const { violations }: axe.AxeResults = await page.evaluate("axe.run()");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.replaceAll(/\s+/g, " ")}`)
  );
}
