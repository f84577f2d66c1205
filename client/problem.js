// @ts-check
/** A call that brought no data: the service refused it, or there was no answer. index.d.ts lists its members. */
export class TallyProblem extends Error {
  /** @override */
  name = "TallyProblem";
  /** @type {number | undefined} */
  retryAfterSeconds;

  /**
   * @param {{ code: string, status: number, detail?: string, [member: string]: unknown }} members
   * @param {ErrorOptions} [options]
   */
  constructor({ code, status, ...members }, options) {
    super(members.detail ?? code, options);
    Object.assign(this, members);
    this.code = code;
    this.status = status;
  }
}
