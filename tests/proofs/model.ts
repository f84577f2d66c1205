/** The rules of the wallet, said once more in another language: what the database must do. */
import { grantOf, isPending, type Purchase } from "./purchase_model.ts";

/** Who asks. What neither asked for, a payment or the clock did. */
export type Requester = "user" | "server";

/** A line of the ledger. */
export interface Entry {
  kind: string;
  amount: number;
  debt_change: number;
  balance_after: number;
  held_after: number;
  debt_after: number;
  requested_by: Requester | "system";
  reversed: boolean;
}

export interface Hold {
  id: string;
  amount: number;
  placed_by: Requester;
  status: "held" | "captured" | "released" | "expired";
  /** Set where it ran out and no entry says so yet: the order in which they will be entered. */
  ran_out_at?: string;
}

export interface Wallet {
  user_id: string;
  token: number;
  held: number;
  debt: number;
  ledger: Entry[];
  holds: Hold[];
  purchases: Purchase[];
  /** What each idempotency key of a user or a server asked for, and the entry it led to. */
  keys: Map<string, { request: string; entry: number }>;
}

/** An operation as it is asked for. */
export interface Request {
  by: Requester;
  key?: string | undefined;
  /** What the key, if there is one, stands for. */
  request: string;
}

export type Outcome = { refusal: string } | { balance: number; debt: number; replayed: boolean };

const balance_limit = 2 ** 31 - 1;
const pending_limit = 20;

export function newWalletModel(user_id: string): Wallet {
  return { user_id, token: 0, held: 0, debt: 0, ledger: [], holds: [], purchases: [], keys: new Map() };
}

class Refusal extends Error {}

/** Changes a wallet: all of it, or where it refuses none of it. Returns the refusal. */
function attempt(wallet: Wallet, change: (wallet: Wallet) => void): string | undefined {
  const copy = structuredClone(wallet);
  try {
    touch(copy);
    change(copy);
    Object.assign(wallet, copy);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Runs an operation that makes an entry. */
export function operate(wallet: Wallet, { by, key, request }: Request, change: (wallet: Wallet) => void): Outcome {
  const full_key = key === undefined ? undefined : `${by} ${key}`;
  let known: { request: string; entry: number } | undefined;
  const refusal = attempt(wallet, (copy) => {
    known = full_key === undefined ? undefined : copy.keys.get(full_key);
    if (known !== undefined && known.request !== request) throw new Refusal("idempotency_key_reused");
    if (known !== undefined) return;
    change(copy);
    if (full_key !== undefined) copy.keys.set(full_key, { request, entry: copy.ledger.length - 1 });
  });
  if (refusal !== undefined) return { refusal };
  const { balance_after, debt_after } = wallet.ledger[known?.entry ?? wallet.ledger.length - 1]!;
  return { balance: balance_after, debt: debt_after, replayed: known !== undefined };
}

/** Enters the expiry of holds that ran out, as every touch of a wallet does. */
export function touch(wallet: Wallet): void {
  const ran_out = wallet.holds.filter(({ status, ran_out_at }) => status === "held" && ran_out_at !== undefined)
    .sort((a, b) => `${a.ran_out_at}${a.id}` < `${b.ran_out_at}${b.id}` ? -1 : 1);
  for (const hold of ran_out) {
    hold.status = "expired";
    credit(wallet, "system", "expiry", hold.amount, -hold.amount);
  }
}

/** What the API shows: a hold that ran out is spendable, or pays a debt, entered or not. */
export function shown({ token, held, debt, holds }: Wallet): { token: number; held: number; debt: number } {
  const ran_out = holds.filter(({ status, ran_out_at }) => status === "held" && ran_out_at !== undefined)
    .reduce((sum, { amount }) => sum + amount, 0);
  return { token: token + Math.max(ran_out - debt, 0), held: held - ran_out, debt: Math.max(debt - ran_out, 0) };
}

export function adjust(wallet: Wallet, by: Requester, kind: string, amount: number): void {
  requireBalance(wallet, amount);
  credit(wallet, by, kind, amount, 0);
}

export function place(wallet: Wallet, by: Requester, amount: number): void {
  requireBalance(wallet, -amount);
  // Its id is the database's to choose; the caller of this fills it in.
  wallet.holds.push({ id: "", amount, placed_by: by, status: "held" });
  credit(wallet, by, "hold", -amount, amount);
}

export function settle(
  wallet: Wallet,
  by: Requester,
  { id, status, captured }: { id: string; status: "captured" | "released"; captured?: number | undefined },
): void {
  const hold = wallet.holds.find((hold) => hold.id === id);
  if (hold === undefined) throw new Refusal("hold_not_found");
  if (hold.placed_by === "server" && by === "user") throw new Refusal("hold_of_server");
  if (hold.status !== "held") throw new Refusal("hold_settled");
  const spent = status === "released" ? 0 : captured ?? hold.amount;
  requireBalance(wallet, Math.min(hold.amount - spent, 0));
  hold.status = status;
  credit(wallet, by, status === "captured" ? "capture" : "release", hold.amount - spent, -hold.amount);
}

export function reverse(wallet: Wallet, index: number, allow_partial: boolean): void {
  const original = wallet.ledger[index]!;
  if (!["add", "deduct", "adjustment"].includes(original.kind)) throw new Refusal("transaction_not_reversible");
  if (original.reversed) throw new Refusal("transaction_already_reversed");
  original.reversed = true;
  const worth = original.amount - original.debt_change;
  if (worth < 0) {
    requireBalance(wallet, -worth);
    return credit(wallet, "server", "reversal", -worth, 0);
  }
  // Out of the balance; what is missing there, as the debt that the credit had paid.
  const taken = Math.min(worth, wallet.token);
  const owed_again = Math.min(worth - taken, Math.abs(original.debt_change));
  const is_short = taken + owed_again < worth;
  if (is_short && !(allow_partial && taken + owed_again > 0)) throw new Refusal("insufficient_tokens");
  post(wallet, "server", { kind: "reversal", amount: 0 - taken, held_change: 0, debt_change: owed_again });
}

/** Begins a purchase. Returns the refusal. */
export function buy(wallet: Wallet, purchase: Purchase): string | undefined {
  return attempt(wallet, ({ purchases }) => {
    if (purchases.filter(isPending).length >= pending_limit) throw new Refusal("purchase_limit");
    purchases.push(purchase);
  });
}

/** Brings a wallet in line with what is known of a purchase's payment. Returns why not. */
export function settlePurchase(wallet: Wallet, index: number, learn: (purchase: Purchase) => void): string | undefined {
  return attempt(wallet, (copy) => {
    const purchase = copy.purchases[index]!;
    learn(purchase);
    const granted = grantOf(purchase);
    const change = granted - purchase.granted;
    purchase.granted = granted;
    if (change > 0) {
      requireBalance(copy, change);
      credit(copy, "system", "purchase", change, 0);
    } else if (change < 0) {
      const taken = Math.min(copy.token, -change);
      post(copy, "system", { kind: "chargeback", amount: 0 - taken, held_change: 0, debt_change: -change - taken });
    }
  });
}

function requireBalance({ token, held, debt }: Wallet, amount: number): void {
  if (token + amount < 0) throw new Refusal("insufficient_tokens");
  const pays = Math.min(debt, Math.max(amount, 0));
  if (token + held + amount - pays > balance_limit) throw new Refusal("balance_limit");
}

/** Whatever comes in pays the debt first. */
function credit(wallet: Wallet, by: Entry["requested_by"], kind: string, amount: number, held_change: number): void {
  const pays = Math.min(wallet.debt, Math.max(amount, 0));
  post(wallet, by, { kind, amount: amount - pays, held_change, debt_change: 0 - pays });
}

function post(
  wallet: Wallet,
  requested_by: Entry["requested_by"],
  { kind, amount, held_change, debt_change }: {
    kind: string;
    amount: number;
    held_change: number;
    debt_change: number;
  },
): void {
  wallet.token += amount;
  wallet.held += held_change;
  wallet.debt += debt_change;
  const { token: balance_after, held: held_after, debt: debt_after } = wallet;
  wallet.ledger.push({
    kind,
    amount,
    debt_change,
    balance_after,
    held_after,
    debt_after,
    requested_by,
    reversed: false,
  });
}
