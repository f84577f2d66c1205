/** The docs page, as a reader uses it. */
import type { Page } from "playwright-core";

/** Opens a route of the page, sends `body` if it takes one, and returns the status that was answered. */
export async function tryOut(page: Page, method: string, path: string, body?: unknown): Promise<number> {
  const route = page.locator(".opblock", { has: page.locator(`[data-path="${path}"]`) })
    .filter({ has: page.getByText(method, { exact: true }) });
  if (!await route.evaluate((element) => element.classList.contains("is-open"))) {
    await route.locator(".opblock-summary-control").click();
  }
  if (body !== undefined) await route.locator("textarea.body-param__text").fill(JSON.stringify(body));
  await route.locator(".execute").click();
  return Number(await route.locator(".live-responses-table .response .response-col_status").first().innerText());
}
