import { dirname, join } from "node:path";

/** Generated files by their paths below a folder. */
export type Files = Map<string, string>;

/** All files below a folder; none where it is missing. */
export function readFiles(folder: string, below = ""): Files {
  const files: Files = new Map();
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(join(folder, below))];
  } catch {
    return files;
  }
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(below, name);
    if (!isDirectory) files.set(path, Deno.readTextFileSync(join(folder, path)));
    else for (const [inner_path, text] of readFiles(folder, path)) files.set(inner_path, text);
  }
  return files;
}

/** The paths whose content is not the same, or that only one of them has. */
export function differingPaths(one: Files, other: Files): string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path)).sort();
}

/** Makes a folder hold these files and nothing else. */
export async function replaceFiles(folder: string, files: Files): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  for (const [path, text] of files) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}
