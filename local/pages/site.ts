/**
 * The pages as a tree of files: what lies where below the root of a web server. The local gateway serves it, and
 * `tasks/pages.ts` writes it for others.
 */
import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "../config.ts";

/** A page, at `/<name>/`. */
export interface SitePage {
  name: string;
  title: string;
  /** What it is for, in a sentence. */
  purpose: string;
  /** Where its files lie. */
  folder: string;
}

const all_pages: readonly SitePage[] = [
  {
    name: "docs",
    title: "The API",
    purpose: "Every route, to read and to try.",
    folder: join(root, "docs", "page"),
  },
  {
    name: "wallet",
    title: "The wallet",
    purpose: "What a user sees: an account, a CV, tokens to buy and to spend.",
    folder: join(root, "examples", "wallet"),
  },
  {
    name: "desk",
    title: "The support desk",
    purpose: "What staff see: find somebody, read their books, put things right.",
    folder: join(root, "examples", "desk"),
  },
];

/** The pages that there are. */
export function sitePages(): SitePage[] {
  return all_pages.filter(({ folder }) => existsSync(join(folder, "index.html")));
}

const packages_folder = join(root, "node_modules");

/** What the pages use of other people's packages, by its name below `/vendor/`. None of it imports a bare name. */
const vendor_files: Readonly<Record<string, string>> = {
  // preact, its hooks and htm in one module.
  "standalone.module.js": join(packages_folder, "htm", "preact", "standalone.module.js"),
  "pico.min.css": join(packages_folder, "@picocss", "pico", "css", "pico.min.css"),
  "uPlot.esm.js": join(packages_folder, "uplot", "dist", "uPlot.esm.js"),
  "uPlot.min.css": join(packages_folder, "uplot", "dist", "uPlot.min.css"),
  // A classic script, which defines `supabase`.
  "supabase.js": join(packages_folder, "@supabase", "supabase-js", "dist", "umd", "supabase.js"),
  // What FastAPI's own /docs is made of.
  "swagger-ui.css": join(packages_folder, "swagger-ui-dist", "swagger-ui.css"),
  "swagger-ui-bundle.js": join(packages_folder, "swagger-ui-dist", "swagger-ui-bundle.js"),
};

/** The kinds of files that pages are made of, by their endings. */
export const media_types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
};

/** The style of the page at the root, which `start_page.ts` draws. */
export const root_style = { path: "start.css", file: join(import.meta.dirname!, "start.css") };

/** The folders at the root, whether or not there is anything in them. */
export const site_folders: readonly string[] = [...all_pages.map(({ name }) => name), "client", "vendor"];

/**
 * The file for a path below the root, such as `wallet/` or `vendor/pico.min.css`, and its media type. Undefined for what
 * no page is made of. Whether the file is there shows when it is read.
 */
export function siteFile(path: string): { file: string; media_type: string } | undefined {
  const [folder = "", ...names] = path.split("/");
  if (names.at(-1) === "") names[names.length - 1] = "index.html";
  // No name that begins with a dot, and none with an encoded slash: nothing leads out of the folder.
  if (!names.every((name) => /^\w[\w.-]{0,99}$/.test(name))) return undefined;
  const [, ending = ""] = /\.(\w+)$/.exec(names.at(-1) ?? "") ?? [];
  if (!Object.hasOwn(media_types, ending)) return undefined;
  const file = fileOf(folder, names);
  return file === undefined ? undefined : { file, media_type: media_types[ending]! };
}

function fileOf(folder: string, names: string[]): string | undefined {
  const [name = ""] = names;
  if (folder === "vendor") {
    return names.length === 1 && Object.hasOwn(vendor_files, name) ? vendor_files[name] : undefined;
  }
  if (folder === "client") return names.length === 1 && name.endsWith(".js") ? join(root, "client", name) : undefined;
  if (folder === "docs" && names.join("/") === "openapi.json") return join(root, "docs", "openapi.json");
  const page = all_pages.find((page) => page.name === folder);
  return page === undefined ? undefined : join(page.folder, ...names);
}

/** All files of the pages that there are: by path below the root, where each lies. Settings are not among them. */
export function siteFiles(): Map<string, string> {
  const paths = [
    ...sitePages().flatMap(({ name, folder }) => namesBelow(folder).map((path) => `${name}/${path}`)),
    "docs/openapi.json",
    ...namesBelow(join(root, "client")).map((path) => `client/${path}`),
    ...Object.keys(vendor_files).map((name) => `vendor/${name}`),
  ];
  return new Map(paths.flatMap((path) => {
    const found = siteFile(path);
    return found === undefined || path.endsWith("/settings.json") ? [] : [[path, found.file]];
  }));
}

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}
