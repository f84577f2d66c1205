/** Every route of the API document with its shapes, for those who draw requests and judge answers. */
import * as z from "zod";
import { event_types } from "../../supabase/functions/payments/providers/stripe_events.ts";
import { operations } from "../../tasks/openapi/document.ts";

export interface Route {
  method: string;
  /** With `:id` for the id of a hold or an entry. */
  path: string;
  body?: z.ZodType;
  query?: z.ZodType;
  /** The shape of each answer that is no problem; null where it has no JSON body. */
  answers: Record<number, z.ZodType | null>;
}

/** As much of an event of Stripe, whose API documents it, as is looked at here. */
const StripeEvent = z.object({
  id: z.string().regex(/^evt_\w{1,20}$/),
  type: z.enum(event_types),
  created: z.int(),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({
      id: z.string().regex(/^\w{1,20}$/),
      created: z.int(),
      status: z.enum(["succeeded", "failed", "won", "lost", "warning_needs_response", "complete"]),
      payment_status: z.enum(["paid", "unpaid"]),
      payment_intent: z.string().regex(/^pi_\w{1,20}$/),
      client_reference_id: z.guid(),
      amount: z.int(),
      amount_total: z.int(),
      currency: z.enum(["eur", "usd"]),
    }).partial({ client_reference_id: true, payment_intent: true }),
  }),
});

export const routes: Route[] = operations.map(({ method, path, query, body, answers }) => ({
  method,
  path: path.replaceAll(/\{(\w+)\}/g, ":$1"),
  ...(query !== undefined && { query }),
  ...(body !== undefined && { body }),
  ...(path === "/payments/webhooks/stripe" && { body: StripeEvent }),
  answers: Object.fromEntries(Object.entries(answers).map(([status, { schema }]) => [status, schema])),
}));
