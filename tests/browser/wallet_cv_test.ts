// Goal: a CV is edited on the wallet's page without losing anything of it, and never over somebody else's changes.
// Method: a real browser, beside a second device that saves through the API.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { browser_path, type OpenPage } from "../support/browser.ts";
import { newUser, type TestUser } from "../support/stack.ts";
import { goTo, mistakes, openWallet } from "../support/wallet_page.ts";

const ignore = browser_path === undefined;

const name = (page: Page) => page.getByLabel("Name", { exact: true }).first();
const title = (page: Page) => page.getByLabel("Title", { exact: true });

/** Opens the CV of a user, whom the API gave `profile_data` as their CV. */
async function openCv(profile_data: unknown): Promise<OpenPage & { user: TestUser }> {
  const user = await newUser();
  await user.call("POST", "/profile", { body: { profile_data } });
  const opened = await openWallet(user);
  await goTo(opened.page, "CV");
  await name(opened.page).waitFor();
  return { ...opened, user };
}

async function save(page: Page) {
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/^Saved on/).waitFor();
}

/** Saves as another device does, which has read the CV as it is. */
async function saveElsewhere(user: TestUser, profile_data: unknown) {
  assert.equal((await user.call("POST", "/profile", { body: { profile_data } })).status, 200);
}

async function storedCv(user: TestUser) {
  return (await user.call("GET", "/profile")).body.profile_data;
}

Deno.test({
  name: "the form changes what it shows, and keeps what it does not know",
  ignore,
  async fn() {
    const unknown = {
      basics: { name: "Ada", pronouns: ["she"] },
      work: [{ name: "Babbage", own: 1 }],
      extra: [{ a: null }],
    };
    await using opened = await openCv(unknown);
    const { page, user } = opened;
    await title(page).fill("Analyst");
    await page.getByText("Skills", { exact: true }).click();
    await page.getByRole("button", { name: "Add a skill" }).click();
    // The new entry has the keyboard.
    await page.keyboard.type("Analysis");
    await page.getByLabel("Keywords, one a line").fill("notes\nengines");
    await page.getByRole("button", { name: "Add a skill" }).click();
    await page.getByRole("button", { name: "Remove skill 2" }).click();
    await page.getByLabel("Employer").fill("");
    await page.reload();
    await page.getByText("Not saved yet; kept in this tab.").waitFor();
    await save(page);
    assert.deepEqual(await storedCv(user), {
      basics: { ...unknown.basics, label: "Analyst" },
      work: [{ own: 1 }],
      extra: unknown.extra,
      skills: [{ name: "Analysis", keywords: ["notes", "engines"] }],
    });
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "the document says where it is wrong, and is saved once it is right",
  ignore,
  async fn() {
    await using opened = await openCv({ basics: { name: "Ada" } });
    const { page, user } = opened;
    await page.getByLabel("Document", { exact: true }).check();
    const document = page.getByLabel("The document");
    await document.fill('{\n  "basics": {"name": Ada}\n}');
    await page.getByText("Line 2, column 22: text must stand in double quotes.").waitFor();
    assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled());
    await page.getByRole("button", { name: "Go there" }).click();
    await page.keyboard.press("Delete");
    assert.equal(await document.inputValue(), '{\n  "basics": {"name": da}\n}');
    // What is half typed outlives a reload.
    await page.reload();
    await page.getByText("Line 2, column 22").waitFor();
    await document.fill('{"basics": {"name": "Ada", "id": 12345678901234567890}}');
    await page.getByText("12345678901234567890 has too many digits. Put it in quotes.").waitFor();
    await document.fill('{"basics": {"name": "Ada L."}, "list": [1, 2]}');
    await save(page);
    assert.deepEqual(await storedCv(user), { basics: { name: "Ada L." }, list: [1, 2] });
    await page.getByLabel("Form", { exact: true }).check();
    assert.equal(await name(page).inputValue(), "Ada L.");
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "changes of different fields on two devices are both kept",
  ignore,
  async fn() {
    await using opened = await openCv({ basics: { name: "Ada", label: "Analyst" } });
    const { page, user } = opened;
    await name(page).fill("Ada Lovelace");
    await saveElsewhere(user, { basics: { name: "Ada", label: "Countess" }, skills: [{ name: "Notes" }] });
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog", { name: "Your CV was changed elsewhere" });
    await dialog.getByText("Countess").waitFor();
    await dialog.getByRole("button", { name: "Keep both" }).click();
    await page.getByText(/^Saved on/).waitFor();
    assert.deepEqual(await storedCv(user), {
      basics: { name: "Ada Lovelace", label: "Countess" },
      skills: [{ name: "Notes" }],
    });
    assert.equal(await title(page).inputValue(), "Countess");
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "where two devices changed one field the person decides, and until then nothing is overwritten",
  ignore,
  async fn() {
    await using opened = await openCv({ basics: { name: "Ada" } });
    const { page, user } = opened;
    const dialog = page.getByRole("dialog", { name: "Your CV was changed elsewhere" });
    const choose = (button: string) => dialog.getByRole("button", { name: button }).click();
    await name(page).fill("Mine");
    await saveElsewhere(user, { basics: { name: "Theirs" } });
    await page.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("basics › name (on both sides)").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Keep both" }).count(), 0);
    await choose("Decide later");
    assert.deepEqual(await storedCv(user), { basics: { name: "Theirs" } });

    await page.getByRole("button", { name: "Compare" }).click();
    await choose("Keep mine");
    await page.getByText(/^Saved on/).waitFor();
    assert.deepEqual(await storedCv(user), { basics: { name: "Mine" } });

    await name(page).fill("Mine again");
    await saveElsewhere(user, { basics: { name: "Theirs again" } });
    await page.getByRole("button", { name: "Save" }).click();
    await choose("Take theirs");
    await page.getByText(/^Saved on/).waitFor();
    assert.equal(await name(page).inputValue(), "Theirs again");
    assert.deepEqual(await storedCv(user), { basics: { name: "Theirs again" } });
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "a CV comes in from a file and goes out as one, and one that is too large or broken is refused in words",
  ignore,
  async fn() {
    await using opened = await openCv({});
    const { page, user } = opened;
    const input = page.locator("input[type=file]");
    const file = (name: string, content: string) => ({
      name,
      mimeType: "application/json",
      buffer: Buffer.from(content),
    });

    await input.setInputFiles(file("photo.json", "GIF89a"));
    await page.getByText("photo.json is no CV").waitFor();
    await input.setInputFiles(file("broken.json", '{"basics": }'));
    await page.getByText("Line 1, column 12: a value is missing.").waitFor();

    const cv = { basics: { name: "Grace" }, languages: [{ language: "COBOL" }], unknown: { kept: true } };
    await input.setInputFiles(file("grace.json", JSON.stringify({ ...cv, image: "x".repeat(300_000) })));
    await page.getByText("grace.json is read. Look it over, then save.").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("This is too large to be saved.").waitFor();

    await input.setInputFiles(file("grace.json", JSON.stringify(cv)));
    assert.equal(await page.getByLabel("Language", { exact: true }).inputValue(), "COBOL");
    await save(page);
    assert.deepEqual(await storedCv(user), cv);

    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    assert.deepEqual(JSON.parse(await readFile(await (await downloading).path(), "utf8")), cv);

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog", { name: "Delete your CV?" }).getByRole("button", { name: "Delete" }).click();
    await page.getByText("Your CV was deleted.").waitFor();
    assert.equal((await user.call("GET", "/profile")).status, 404);
    assert.deepEqual(mistakes(opened), []);
  },
});
