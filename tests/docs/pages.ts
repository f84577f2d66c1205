/** The pages that people read, as the tests read them. */
import { join } from "node:path";

export const root = join(import.meta.dirname!, "..", "..");

const docs = [...Deno.readDirSync(join(root, "docs"))].map(({ name }) => `docs/${name}`);

/** The path of every page, from the root. */
export const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "client/README.md",
  ...docs.filter((path) => path.endsWith(".md")),
];

const functions = "supabase/functions";
const folders = [...Deno.readDirSync(join(root, functions))]
  .filter(({ name, isDirectory }) => isDirectory && name !== "node_modules" && name !== "_testing")
  .map(({ name }) => name).sort();

/** The names of the functions that are deployed. */
export const domains = folders.filter((name) => !name.startsWith("_"));

/** The paths of the modules that the functions are made of, from the root, without their tests. */
export const sources = folders.flatMap((name) => modulesIn(`${functions}/${name}`)).sort();

function modulesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? modulesIn(`${folder}/${name}`) : /(?<!_test)\.ts$/.test(name) ? [`${folder}/${name}`] : []
  );
}

/** The text of a file, by its path from the root. */
export function read(path: string): string {
  return Deno.readTextFileSync(join(root, path));
}

/** What stands below a heading of a page, down to the next heading of its level or a higher one. */
export function section(page: string, heading: string): string {
  const [, marks, text] = new RegExp(`^(#+) ${heading}\n([^]*)`, "m").exec(read(page)) ?? [];
  if (marks === undefined || text === undefined) throw new Error(`${page} has no heading “${heading}”`);
  return text.split(new RegExp(`^#{1,${marks.length}} `, "m"))[0]!;
}

/** The rows of all tables in a text, each a list of its cells, without heads and rules. */
export function tableRows(text: string): string[][] {
  return [...text.matchAll(/^\|.*\|\n\| *-[-| ]*\|\n((?:\|.*\|\n?)*)/gm)].flatMap(([, rows]) =>
    rows!.trim().split("\n").map((row) => row.slice(1, -1).split("|").map((cell) => cell.trim()))
  );
}

/** What stands in backquotes in a text. */
export function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
}

/** The code blocks of a page in one language, each as it stands. */
export function codeBlocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^( *)\`\`\`${language}\n([^]*?)^ *\`\`\`$`, "gm"))].map((
    [, indent, code],
  ) => code!.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}
