/** Every route with the shapes that its schema.ts documents. */
import * as z from "zod";
import { TokenBalance } from "../../supabase/functions/_shared/balance.ts";
import * as auth from "../../supabase/functions/auth/schema.ts";
import { StandardEvent } from "../../supabase/functions/payments/providers/standard_schema.ts";
import * as payments from "../../supabase/functions/payments/schema.ts";
import * as profile from "../../supabase/functions/profile/schema.ts";
import * as tokens from "../../supabase/functions/tokens/schema.ts";

export interface Route {
  method: string;
  /** With `:id` for the id of a hold or an entry. */
  path: string;
  body?: z.ZodType;
  query?: z.ZodType;
  /** The shape of each answer that is no problem; null where it has no JSON body. */
  answers: Record<number, z.ZodType | null>;
}

const health = z.object({ status: z.literal("ok") });

export const routes: Route[] = [
  ...["auth", "payments", "profile", "tokens"].map((name) => ({
    method: "GET",
    path: `/${name}/health`,
    answers: { 200: health },
  })),
  {
    method: "POST",
    path: "/auth/signup",
    body: auth.SignUpRequest,
    answers: { 201: auth.AuthResponse, 202: auth.ConfirmationRequired },
  },
  { method: "POST", path: "/auth/signin", body: auth.SignInRequest, answers: { 200: auth.AuthResponse } },
  { method: "POST", path: "/auth/refresh", body: auth.RefreshRequest, answers: { 200: auth.AuthResponse } },
  { method: "POST", path: "/auth/signout", query: auth.SignOutQuery, answers: { 204: null } },
  { method: "GET", path: "/auth/user", answers: { 200: auth.CurrentUser } },
  { method: "GET", path: "/profile", answers: { 200: profile.Profile } },
  {
    method: "POST",
    path: "/profile",
    body: profile.SaveProfile,
    answers: { 200: profile.Profile, 201: profile.Profile },
  },
  { method: "PUT", path: "/profile", body: profile.SaveProfile, answers: { 200: profile.Profile } },
  { method: "DELETE", path: "/profile", answers: { 204: null } },
  { method: "GET", path: "/tokens", query: tokens.AccountQuery, answers: { 200: TokenBalance } },
  { method: "POST", path: "/tokens/add", body: tokens.AddTokensRequest, answers: { 200: tokens.TokenAdjustment } },
  {
    method: "POST",
    path: "/tokens/deduct",
    body: tokens.DeductTokensRequest,
    answers: { 200: tokens.TokenAdjustment },
  },
  {
    method: "GET",
    path: "/tokens/transactions",
    query: tokens.TransactionsQuery,
    answers: { 200: tokens.TransactionPage },
  },
  { method: "GET", path: "/tokens/transactions.csv", query: tokens.AccountQuery, answers: { 200: null } },
  { method: "GET", path: "/tokens/balance_at", query: tokens.BalanceAtQuery, answers: { 200: tokens.BalanceAt } },
  {
    method: "POST",
    path: "/tokens/adjustments",
    body: tokens.AdjustmentRequest,
    answers: { 200: tokens.TokenAdjustment },
  },
  {
    method: "POST",
    path: "/tokens/transactions/:id/reversal",
    body: tokens.ReversalRequest,
    answers: { 200: tokens.Reversal },
  },
  { method: "POST", path: "/tokens/holds", body: tokens.HoldRequest, answers: { 201: tokens.HoldChange } },
  { method: "GET", path: "/tokens/holds", query: tokens.HoldsQuery, answers: { 200: tokens.HoldPage } },
  { method: "GET", path: "/tokens/holds/:id", query: tokens.AccountQuery, answers: { 200: tokens.Hold } },
  {
    method: "POST",
    path: "/tokens/holds/:id/capture",
    body: tokens.CaptureRequest,
    answers: { 200: tokens.HoldChange },
  },
  {
    method: "POST",
    path: "/tokens/holds/:id/release",
    body: tokens.ReleaseRequest,
    answers: { 200: tokens.HoldChange },
  },
  {
    method: "GET",
    path: "/tokens/low_balance_threshold",
    query: tokens.AccountQuery,
    answers: { 200: tokens.Threshold },
  },
  {
    method: "PUT",
    path: "/tokens/low_balance_threshold",
    body: tokens.ThresholdRequest,
    answers: { 200: tokens.Threshold },
  },
  { method: "POST", path: "/tokens/notices/deliver", answers: { 200: tokens.NoticeDelivery } },
  { method: "GET", path: "/payments/packs", answers: { 200: payments.PackList } },
  { method: "POST", path: "/payments/checkout", body: payments.CheckoutRequest, answers: { 201: payments.Checkout } },
  {
    method: "GET",
    path: "/payments/purchases",
    query: payments.PurchasesQuery,
    answers: { 200: payments.PurchaseList },
  },
  {
    method: "POST",
    path: "/payments/reconcile",
    body: payments.ReconcileRequest,
    answers: { 200: payments.ReconciliationList },
  },
  { method: "POST", path: "/payments/webhooks/stripe", answers: { 200: payments.WebhookReceipt } },
  {
    method: "POST",
    path: "/payments/webhooks/standard",
    body: StandardEvent,
    answers: { 200: payments.WebhookReceipt },
  },
];
