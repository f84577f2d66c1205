/** The desk as a member of staff uses it. */
import type { Page } from "playwright-core";
import { giveRole } from "../../local/staff.ts";
import { type OpenPage, openPage } from "./browser.ts";
import { newUser, sql, stack } from "./stack.ts";

export const desk_url = `${stack.url}/desk/`;

/** Opens the desk and signs in: as a new member of staff, or as somebody who is none. */
export async function openDesk(
  { is_staff = true, ...options }: Parameters<typeof openPage>[1] & { is_staff?: boolean } = {},
): Promise<OpenPage & { staff_id: string }> {
  const user = await newUser();
  if (is_staff) await giveRole(sql, user.email);
  const opened = await openPage(desk_url, options);
  const { page } = opened;
  await page.getByLabel("E-mail address").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return { ...opened, staff_id: user.id };
}

/** Searches for somebody. */
export async function find(page: Page, text: string): Promise<void> {
  await page.getByLabel("Find somebody").fill(text);
  await page.getByRole("button", { name: "Find", exact: true }).click();
}

/** Presses a button that asks for a reason, gives one, and presses twice what then does it. */
export async function actTwice(
  button: ReturnType<Page["getByRole"]>,
  reason: string,
  fields: Record<string, string> = {},
): Promise<void> {
  await button.click();
  const dialog = button.page().getByRole("dialog");
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.locator("button[type=submit]").dblclick();
  await dialog.waitFor({ state: "hidden" });
}

/** Waits until the page shows a balance. */
export async function seeBalance(page: Page, token: number): Promise<void> {
  await page.locator("[data-balance]", { hasText: new RegExp(`^${token}$`) }).waitFor();
}

/** The page's errors, without those that a browser notes of each refusal of the API. */
export function mistakes({ errors }: OpenPage): string[] {
  return errors.filter((error) => !error.startsWith("Failed to load resource"));
}
