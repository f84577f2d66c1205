/** A failure whose message tells a person what to do: printed as one line, without a stack. */
export class Failure extends Error {
  override name = "Failure";
}

/** The text to print for an error: one line for a failure or a refused file access, else the stack. */
export function failureText(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (error instanceof Error && isRefusalOfFiles(error)) {
    return `A file or folder is closed to this user: ${error.message}`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function isRefusalOfFiles(error: Error & { code?: string }): boolean {
  return error instanceof Deno.errors.PermissionDenied || ["EACCES", "EPERM", "EROFS"].includes(error.code ?? "");
}
