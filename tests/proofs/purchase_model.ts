/** What a purchase grants by all that is known of its payment, in whatever order it came. */

/** The pack `small` of supabase/seed.sql. */
export const pack = { tokens: 100, price_minor: 500 };

export interface Purchase {
  id: string;
  paid: boolean;
  granted: number;
  /** What was refunded in all under each id, in minor units. */
  refunds: Map<string, number>;
  failed_refunds: Set<string>;
  disputes: Set<string>;
  won_disputes: Set<string>;
}

/** What a provider says of a payment. */
export interface Fact {
  fact: "paid" | "refunded" | "refund_failed" | "dispute_opened" | "dispute_won" | "dispute_lost";
  subject: string;
  amount_minor: number;
}

export function newPurchase(id: string): Purchase {
  return {
    ...{ id, paid: false, granted: 0, refunds: new Map(), failed_refunds: new Set() },
    ...{ disputes: new Set(), won_disputes: new Set() },
  };
}

export const isPending = ({ paid }: Purchase) => !paid;

export function learn(purchase: Purchase, { fact, subject, amount_minor }: Fact): void {
  switch (fact) {
    case "paid":
      purchase.paid = true;
      break;
    case "refunded":
      purchase.refunds.set(subject, Math.max(purchase.refunds.get(subject) ?? 0, amount_minor));
      break;
    case "refund_failed":
      purchase.failed_refunds.add(subject);
      break;
    case "dispute_won":
      purchase.won_disputes.add(subject);
      break;
    default:
      purchase.disputes.add(subject);
  }
}

export function refundedOf({ refunds, failed_refunds }: Purchase): number {
  const standing = [...refunds].filter(([subject]) => !failed_refunds.has(subject));
  return Math.min(standing.reduce((sum, [, amount]) => sum + amount, 0), pack.price_minor);
}

export const isDisputed = ({ disputes, won_disputes }: Purchase) =>
  [...disputes].some((subject) => !won_disputes.has(subject));

export function grantOf(purchase: Purchase): number {
  if (!purchase.paid || isDisputed(purchase)) return 0;
  return pack.tokens - Math.ceil(pack.tokens * refundedOf(purchase) / pack.price_minor);
}

/** As the table has it: a purchase that is not paid knows of nothing else. */
export function stateOf(purchase: Purchase): { granted: number; refunded_minor: number; status: string } {
  if (!purchase.paid) return { granted: 0, refunded_minor: 0, status: "pending" };
  const refunded_minor = refundedOf(purchase);
  const status = isDisputed(purchase) ? "disputed" : refunded_minor > 0 ? "refunded" : "paid";
  return { granted: purchase.granted, refunded_minor, status };
}
