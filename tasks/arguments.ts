import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

interface ArgumentRules<T extends Options> {
  /** What `--help` prints: the command line, what it does, its flags and its exit codes. */
  help: string;
  options: T;
  /** How many arguments may stand without a flag. */
  max_positionals?: number;
}

interface Arguments<T extends Options> {
  values: ReturnType<typeof parseArgs<{ options: T; strict: true }>>["values"];
  positionals: string[];
}

/** Reads the arguments of a task. `--help` prints its help and ends with 0, a wrong argument prints it and ends with 2. */
export function readArguments<const T extends Options>(
  { help, options, max_positionals = 0 }: ArgumentRules<T>,
): Arguments<T> {
  try {
    const read = parseArgs({
      args: Deno.args,
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: max_positionals > 0,
      strict: true,
    });
    if ((read.values as { help?: boolean }).help === true) {
      console.log(help.trim());
      Deno.exit(0);
    }
    if (read.positionals.length > max_positionals) throw new Error(`Too many arguments: ${read.positionals.join(" ")}`);
    return read as unknown as Arguments<T>;
  } catch (error) {
    return refuseArguments(help, (error as Error).message);
  }
}

/** Says what is wrong with the arguments, and how they should be. Ends with 2. */
export function refuseArguments(help: string, reason: string): never {
  console.error(`${reason}\n\n${help.trim()}`);
  Deno.exit(2);
}
