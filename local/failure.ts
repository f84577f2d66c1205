/** A failure whose message tells a person what to do: printed as one line, without a stack. */
export class Failure extends Error {
  override name = "Failure";
}
