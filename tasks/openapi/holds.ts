import * as tokens from "../../supabase/functions/tokens/schema.ts";
import { hold_id, on_behalf, time } from "./examples.ts";
import type { Operation } from "./operation.ts";

const hold = {
  ...{ id: hold_id, amount: 20, captured_amount: null, status: "held", placed_by: "user" },
  expires_at: time,
};
const held = { ...hold, token: 45, held: 20, debt: 0 };
const stored = { ...hold, reference: "render", metadata: {}, created_at: time, settled_at: null };

export const hold_operations: Operation[] = [
  {
    method: "POST",
    path: "/tokens/holds",
    name: "hold",
    summary: "Set tokens aside for work whose cost is not known yet",
    description:
      `They come back by themselves after \`ttl_seconds\`. At most 100 holds of a wallet are open. ${on_behalf}`,
    who: "user or server",
    body: tokens.HoldRequest,
    example: { amount: 20, ttl_seconds: 600, reference: "render" },
    is_idempotent: true,
    answers: { 201: { description: "The hold and the balance it left", schema: tokens.HoldChange, example: held } },
    problems: ["insufficient_tokens", "hold_limit", "user_not_found"],
  },
  {
    method: "GET",
    path: "/tokens/holds",
    name: "holds",
    summary: "Holds, newest first, page by page",
    description: on_behalf,
    who: "user or server",
    query: tokens.HoldsQuery,
    answers: {
      200: {
        description: "A page; `next_cursor` leads to the next",
        schema: tokens.HoldPage,
        example: { holds: [stored], next_cursor: null },
      },
    },
  },
  {
    method: "GET",
    path: "/tokens/holds/{id}",
    name: "readHold",
    summary: "One hold as it is now",
    description: on_behalf,
    who: "user or server",
    query: tokens.AccountQuery,
    answers: { 200: { description: "The hold", schema: tokens.Hold, example: stored } },
    problems: ["hold_not_found"],
  },
  {
    method: "POST",
    path: "/tokens/holds/{id}/capture",
    name: "capture",
    summary: "Spend from a hold; the rest comes back",
    description:
      `All that is held unless \`amount\` says otherwise; above it where the balance covers it. ${on_behalf}`,
    who: "user or server",
    body: tokens.CaptureRequest,
    body_is_optional: true,
    example: { amount: 12 },
    is_idempotent: true,
    answers: {
      200: {
        description: "The hold and the balance it left",
        schema: tokens.HoldChange,
        example: { ...held, status: "captured", captured_amount: 12, token: 53, held: 0 },
      },
    },
    problems: ["insufficient_tokens", "hold_of_server", "hold_not_found", "hold_settled", "user_not_found"],
  },
  {
    method: "POST",
    path: "/tokens/holds/{id}/release",
    name: "release",
    summary: "Give all of a hold back",
    description: on_behalf,
    who: "user or server",
    body: tokens.ReleaseRequest,
    body_is_optional: true,
    example: {},
    is_idempotent: true,
    answers: {
      200: {
        description: "The hold and the balance it left",
        schema: tokens.HoldChange,
        example: { ...held, status: "released", token: 65, held: 0 },
      },
    },
    problems: ["hold_of_server", "hold_not_found", "hold_settled", "user_not_found"],
  },
];
