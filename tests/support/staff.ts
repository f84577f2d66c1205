/** Members of the support staff, as the live suites and the browser need them. */
import { callAs, sql, stack } from "./stack.ts";
import { signUpStaff } from "./wallets.ts";

/** A member of staff of this test alone, with a session. */
export async function newStaff() {
  const staff = await signUpStaff(stack, sql);
  return { ...staff, call: callAs(staff.access_token) };
}

export type Staff = Awaited<ReturnType<typeof newStaff>>;

/** An action of the staff with a key of its own, or a given one. */
export async function act(
  { call }: Staff,
  path: string,
  body: Record<string, unknown>,
  idempotency_key: string = crypto.randomUUID(),
) {
  return await call("POST", `/support${path}`, { body, headers: { "idempotency-key": idempotency_key } });
}

/** The lines of the support log about a person, oldest first. */
export async function linesAbout(user_id: string) {
  return await sql`select staff_id, action, subject, reason from support_log where user_id = ${user_id} order by id`;
}
