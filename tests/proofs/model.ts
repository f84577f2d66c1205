/** The rules of the wallet, said once more in another language: what the database must do. */

/** A line of the ledger. */
export interface Entry {
  kind: string;
  amount: number;
  balance_after: number;
  held_after: number;
  reversed: boolean;
}

export interface Hold {
  id: string;
  amount: number;
  status: "held" | "captured" | "released" | "expired";
  /** Set where it ran out and no entry says so yet: the order in which they will be entered. */
  ran_out_at?: string;
}

export interface Wallet {
  user_id: string;
  token: number;
  held: number;
  ledger: Entry[];
  holds: Hold[];
  /** What each idempotency key asked for, and the entry it led to. */
  keys: Map<string, { request: string; entry: number }>;
}

export type Outcome = { refusal: string } | { balance: number; replayed: boolean };

const balance_limit = 2 ** 31 - 1;

export function newWalletModel(user_id: string): Wallet {
  return { user_id, token: 0, held: 0, ledger: [], holds: [], keys: new Map() };
}

class Refusal extends Error {}

/** Runs an operation on a wallet: all of it, or after a refusal none of it. */
export function operate(
  wallet: Wallet,
  { key, request }: { key?: string | undefined; request: string },
  change: (wallet: Wallet) => void,
): Outcome {
  const copy = structuredClone(wallet);
  try {
    touch(copy);
    const known = key === undefined ? undefined : copy.keys.get(key);
    if (known !== undefined && known.request !== request) throw new Refusal("idempotency_key_reused");
    if (known === undefined) {
      change(copy);
      if (key !== undefined) copy.keys.set(key, { request, entry: copy.ledger.length - 1 });
    }
    Object.assign(wallet, copy);
    const entry = known?.entry ?? copy.ledger.length - 1;
    return { balance: copy.ledger[entry]!.balance_after, replayed: known !== undefined };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}

/** Enters the expiry of holds that ran out, as every touch of a wallet does. */
export function touch(wallet: Wallet): void {
  const ran_out = wallet.holds.filter(({ status, ran_out_at }) => status === "held" && ran_out_at !== undefined)
    .sort((a, b) => `${a.ran_out_at}${a.id}` < `${b.ran_out_at}${b.id}` ? -1 : 1);
  for (const hold of ran_out) {
    hold.status = "expired";
    post(wallet, "expiry", hold.amount, -hold.amount);
  }
}

/** What the API shows: a hold that ran out is spendable, entered or not. */
export function shown({ token, held, holds }: Wallet): { token: number; held: number } {
  const ran_out = holds.filter(({ status, ran_out_at }) => status === "held" && ran_out_at !== undefined)
    .reduce((sum, { amount }) => sum + amount, 0);
  return { token: token + ran_out, held: held - ran_out };
}

export function adjust(wallet: Wallet, kind: string, amount: number): void {
  requireBalance(wallet, amount);
  post(wallet, kind, amount, 0);
}

export function place(wallet: Wallet, amount: number): void {
  requireBalance(wallet, -amount);
  // Its id is the database's to choose; the caller of this fills it in.
  wallet.holds.push({ id: "", amount, status: "held" });
  post(wallet, "hold", -amount, amount);
}

export function settle(wallet: Wallet, hold_id: string, status: "captured" | "released", captured?: number): void {
  const hold = wallet.holds.find(({ id }) => id === hold_id);
  if (hold === undefined) throw new Refusal("hold_not_found");
  if (hold.status !== "held") throw new Refusal("hold_settled");
  const spent = status === "released" ? 0 : captured ?? hold.amount;
  requireBalance(wallet, Math.min(hold.amount - spent, 0));
  hold.status = status;
  post(wallet, status === "captured" ? "capture" : "release", hold.amount - spent, -hold.amount);
}

export function reverse(wallet: Wallet, index: number, allow_partial: boolean): void {
  const original = wallet.ledger[index]!;
  if (!["add", "deduct", "adjustment"].includes(original.kind)) throw new Refusal("transaction_not_reversible");
  if (original.reversed) throw new Refusal("transaction_already_reversed");
  let amount = -original.amount;
  if (allow_partial && wallet.token > 0) amount = Math.max(amount, -wallet.token);
  requireBalance(wallet, amount);
  original.reversed = true;
  post(wallet, "reversal", amount, 0);
}

function requireBalance({ token, held }: Wallet, amount: number): void {
  if (token + amount < 0) throw new Refusal("insufficient_tokens");
  if (token + held + amount > balance_limit) throw new Refusal("balance_limit");
}

function post(wallet: Wallet, kind: string, amount: number, held_change: number): void {
  wallet.token += amount;
  wallet.held += held_change;
  const { token: balance_after, held: held_after } = wallet;
  wallet.ledger.push({ kind, amount, balance_after, held_after, reversed: false });
}
