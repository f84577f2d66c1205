/** The mails of the stack under test. */
import { stack, type StackAddress } from "./stack.ts";

/** The code in the newest mail to an address. */
export async function codeFor(email: string, { url }: Pick<StackAddress, "url"> = stack): Promise<string> {
  const [mail] = await mailsTo(email, { url });
  const [code] = /\b\d{6}\b/.exec(mail?.text ?? "") ?? [];
  if (code === undefined) throw new Error(`no code was mailed to ${email}: ${mail?.text}`);
  return code;
}

/** The mails to an address, newest first. */
export async function mailsTo(
  email: string,
  { url }: Pick<StackAddress, "url"> = stack,
): Promise<{ to: string; subject: string; text: string }[]> {
  return await (await fetch(`${url}/mail/messages.json?to=${encodeURIComponent(email)}`)).json();
}
