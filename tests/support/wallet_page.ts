/** The wallet page as a person uses it. */
import type { Page } from "playwright-core";
import { type OpenPage, openPage } from "./browser.ts";
import { stack, type TestUser } from "./stack.ts";

export const wallet_url = `${stack.url}/wallet/`;

/** Opens the wallet page, signed in as `user` where one is given. */
export async function openWallet(
  user?: Pick<TestUser, "email" | "password">,
  options: Parameters<typeof openPage>[1] = {},
): Promise<OpenPage> {
  const opened = await openPage(wallet_url, options);
  if (user !== undefined) await signIn(opened.page, user);
  return opened;
}

/** Fills in the form of the page and waits for the wallet. */
export async function signIn(page: Page, { email, password }: Pick<TestUser, "email" | "password">): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Wallet" }).waitFor();
}

/** Follows a link of the page's navigation. */
export async function goTo(page: Page, name: "Wallet" | "Buy" | "History" | "CV"): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
}

/** A part of the page by its heading. */
export function part(page: Page, heading: string) {
  return page.getByRole("article", { name: heading });
}

/** Fills in the form to spend, and sends it. */
export async function spend(page: Page, amount: number, reference = ""): Promise<void> {
  const form = part(page, "Spend");
  await form.getByLabel("Tokens").fill(String(amount));
  await form.getByLabel("What for").fill(reference);
  await form.getByRole("button", { name: "Spend" }).click();
}

/** Waits until the page shows a balance. */
export async function seeBalance(page: Page, token: number): Promise<void> {
  await page.locator("[data-balance]", { hasText: new RegExp(`^${token}$`) }).waitFor();
}

/** The page's errors, without those that a browser notes of each refusal of the API. */
export function mistakes({ errors }: OpenPage): string[] {
  return errors.filter((error) => !error.startsWith("Failed to load resource"));
}
