// Written by `deno task openapi` from the document of SHA-256 b70636fd4bad226aa8b2c5c7b20c3de5370435b7cfb918c7f2099fc0922aa270.
export type AuthResponse = {
  access_token: string;
  refresh_token: string;
  token_type: string;
  /**
   * Seconds until the access token expires
   */
  expires_in: number;
  /**
   * The same as Unix time, in seconds
   */
  expires_at: number;
  user: {
    id: string;
    email: string | null;
  };
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
};

export type ConfirmationRequired = {
  confirmation_required: true;
  /**
   * E-mail address, at most 255 characters
   */
  email: string;
};

export type Problem = {
  /**
   * urn:tally:problem: and the code
   */
  type: string;
  title: string;
  status: number;
  /**
   * For the person who reads it
   */
  detail: string;
  /**
   * Stable: what a program decides by
   */
  code:
    | "malformed_json"
    | "invalid_webhook"
    | "auth_refused"
    | "unauthorized"
    | "invalid_token"
    | "invalid_credentials"
    | "invalid_refresh_token"
    | "invalid_code"
    | "session_ended"
    | "insufficient_tokens"
    | "email_not_confirmed"
    | "insufficient_aal"
    | "reauthentication_needed"
    | "signup_disabled"
    | "server_required"
    | "purchase_required"
    | "staff_required"
    | "own_account"
    | "hold_of_server"
    | "not_found"
    | "profile_not_found"
    | "pack_not_found"
    | "hold_not_found"
    | "transaction_not_found"
    | "event_not_found"
    | "user_not_found"
    | "session_not_found"
    | "method_not_allowed"
    | "user_already_exists"
    | "hold_settled"
    | "hold_limit"
    | "transaction_already_reversed"
    | "transaction_not_reversible"
    | "event_not_in_review"
    | "purchase_limit"
    | "purchase_ended"
    | "auth_conflict"
    | "precondition_failed"
    | "body_too_large"
    | "unsupported_media_type"
    | "validation_failed"
    | "weak_password"
    | "same_password"
    | "captcha_failed"
    | "idempotency_key_reused"
    | "balance_limit"
    | "too_many_requests"
    | "internal_error"
    | "misconfigured"
    | "wallet_busy"
    | "request_expired"
    | "upstream_unavailable";
  /**
   * Finds the request in the log
   */
  request_id: string;
  /**
   * With validation_failed: each field at fault
   */
  errors?: Array<{
    path: string;
    message: string;
  }>;
  /**
   * With insufficient_tokens: the balance
   */
  token?: number;
  /**
   * With hold_settled: the final state
   */
  hold?: {
    [key: string]: unknown;
  };
  /**
   * With weak_password: what it lacks
   */
  reasons?: Array<string>;
};

export type SessionList = {
  sessions: Array<{
    id: string;
    /**
     * Whether the request came from this session
     */
    is_current: boolean;
    created_at: string;
    refreshed_at: string | null;
    /**
     * When it ends by itself, if it does
     */
    not_after: string | null;
    /**
     * The program that opened or refreshed it last
     */
    user_agent: string | null;
    /**
     * The address that program had, as Auth saw it
     */
    ip: string | null;
    /**
     * aal1, or aal2 where a second factor was shown
     */
    aal: string | null;
  }>;
};

export type CurrentUser = {
  id: string;
  email: string | null;
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * When the balance last changed
   */
  token_updated_at: string;
};

export type AccountExport = {
  exported_at: string;
  /**
   * The account as Auth has it: addresses, metadata, identities, second factors
   */
  account: {
    [key: string]: unknown;
  };
  sessions: Array<{
    id: string;
    /**
     * Whether the request came from this session
     */
    is_current: boolean;
    created_at: string;
    refreshed_at: string | null;
    /**
     * When it ends by itself, if it does
     */
    not_after: string | null;
    /**
     * The program that opened or refreshed it last
     */
    user_agent: string | null;
    /**
     * The address that program had, as Auth saw it
     */
    ip: string | null;
    /**
     * aal1, or aal2 where a second factor was shown
     */
    aal: string | null;
  }>;
  /**
   * The CV, with its times
   */
  profile: {
    [key: string]: unknown;
  } | null;
  wallet: TokenBalance | null;
  /**
   * The whole ledger, oldest first
   */
  transactions: Array<{
    [key: string]: unknown;
  }>;
  holds: Array<{
    [key: string]: unknown;
  }>;
  purchases: Array<{
    [key: string]: unknown;
  }>;
  /**
   * What payment providers said of the purchases
   */
  payment_events: Array<{
    [key: string]: unknown;
  }>;
  notices: Array<{
    [key: string]: unknown;
  }>;
  /**
   * When the staff looked at the account or acted on it, and why
   */
  support_log: Array<{
    [key: string]: unknown;
  }>;
};

export type TokenBalance = {
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  /**
   * When the balance last changed
   */
  updated_at: string;
};

export type Profile = {
  user_id: string;
  /**
   * The CV as it was sent, key order aside
   */
  profile_data: {
    [key: string]: unknown;
  };
  created_at: string;
  /**
   * Also the version behind the ETag
   */
  updated_at: string;
};

export type TokenAdjustment = {
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  /**
   * When the balance last changed
   */
  updated_at: string;
  /**
   * The entry in the ledger
   */
  transaction_id: number;
};

export type TransactionPage = {
  transactions: Array<Transaction>;
  /**
   * Null on the last page
   */
  next_cursor: string | null;
};

export type Transaction = {
  id: number;
  /**
   * Signed change of the spendable balance, in tokens
   */
  amount: number;
  /**
   * The balance that this entry left, in tokens
   */
  balance_after: number;
  /**
   * What was held after this entry, in tokens
   */
  held_after: number;
  /**
   * Signed change of the debt, in tokens: a credit pays the debt first
   */
  debt_change: number;
  /**
   * The debt that this entry left, in tokens
   */
  debt_after: number;
  kind:
    | "add"
    | "deduct"
    | "hold"
    | "capture"
    | "release"
    | "expiry"
    | "adjustment"
    | "reversal"
    | "purchase"
    | "chargeback"
    | "closing";
  /**
   * The hold that this entry begins or ends
   */
  hold_id: string | null;
  /**
   * The entry that this one takes back
   */
  reverses: number | null;
  /**
   * The purchase that this entry credits or takes back
   */
  purchase_id: string | null;
  reference: string | null;
  metadata: {
    [key: string]: unknown;
  };
  created_at: string;
};

export type BalanceAt = {
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  time: string;
};

export type Reversal = {
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  /**
   * When the balance last changed
   */
  updated_at: string;
  /**
   * The entry in the ledger
   */
  transaction_id: number;
  /**
   * Signed change of the spendable balance, in tokens
   */
  amount: number;
};

export type Threshold = {
  threshold: number | null;
};

export type NoticeDelivery = {
  /**
   * How many notices the receiver took
   */
  delivered: number;
  /**
   * How many notices the receiver did not take this time
   */
  failed: number;
};

export type HoldChange = {
  id: string;
  /**
   * Whole tokens set aside
   */
  amount: number;
  /**
   * Whole tokens spent in the end; null unless the hold was captured
   */
  captured_amount: number | null;
  status: "held" | "captured" | "released" | "expired";
  /**
   * Who may settle it: what a server placed, only a server settles
   */
  placed_by: "user" | "server";
  expires_at: string;
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
};

export type HoldPage = {
  holds: Array<Hold>;
  next_cursor: string | null;
};

export type Hold = {
  id: string;
  /**
   * Whole tokens set aside
   */
  amount: number;
  /**
   * Whole tokens spent in the end; null unless the hold was captured
   */
  captured_amount: number | null;
  status: "held" | "captured" | "released" | "expired";
  /**
   * Who may settle it: what a server placed, only a server settles
   */
  placed_by: "user" | "server";
  expires_at: string;
  reference: string | null;
  metadata: {
    [key: string]: unknown;
  };
  created_at: string;
  settled_at: string | null;
};

export type PackList = {
  packs: Array<Pack>;
};

export type Pack = {
  id: string;
  tokens: number;
  /**
   * In the smallest unit of the currency
   */
  price_minor: number;
  currency: string;
};

export type Checkout = {
  purchase_id: string;
  checkout_url: string;
};

export type PurchaseList = {
  purchases: Array<Purchase>;
};

export type Purchase = {
  id: string;
  pack_id: string;
  tokens: number;
  /**
   * In the smallest unit of the currency
   */
  price_minor: number;
  currency: string;
  provider: "standard" | "stripe";
  /**
   * The payment, as the provider names it; null until it is paid
   */
  payment_id: string | null;
  status: "pending" | "failed" | "paid" | "refunded" | "disputed";
  refunded_minor: number;
  /**
   * Whole tokens that the payment stands for at the moment
   */
  granted: number;
  created_at: string;
  updated_at: string;
};

export type WebhookReceipt = {
  outcome: "applied" | "duplicate" | "ignored" | "waiting" | "review";
};

export type ReconciliationList = {
  /**
   * One for each provider that is set up
   */
  reconciliations: Array<Reconciliation>;
  /**
   * What this call passed over, a line each: things in a provider's lists that are malformed, events that failed
   */
  skipped: Array<string>;
};

export type Reconciliation = {
  id: string;
  provider: "standard" | "stripe";
  livemode: boolean;
  /**
   * The watermark
   */
  since: string;
  until: string;
  stage: "events" | "payments" | "purchases" | "retries" | "done";
  events_seen: number;
  /**
   * Events whose webhook had not come, and that were applied now
   */
  events_missed: number;
  payments_seen: number;
  purchases_seen: number;
  /**
   * Events under review that were tried again
   */
  retries_seen: number;
  finding_count: number;
  /**
   * The first of them
   */
  findings: Array<Finding>;
  started_at: string;
  finished_at: string | null;
};

export type Finding = {
  kind: "paid_not_credited" | "credited_not_paid" | "amount_differs" | "refund_differs" | "dispute_differs";
  payment_id: string;
  purchase_id: string | null;
  /**
   * What the books say
   */
  here: string;
  /**
   * What the provider says
   */
  there: string;
};

export type SearchResult = {
  people: Array<{
    user_id: string;
    email: string | null;
    created_at: string | null;
  }>;
  /**
   * What the providers said of the payment that was searched for
   */
  events: Array<ProviderEvent>;
};

export type ProviderEvent = {
  provider: "standard" | "stripe";
  /**
   * The event, as the provider names it
   */
  event_id: string;
  fact: "paid" | "failed" | "refunded" | "refund_failed" | "dispute_opened" | "dispute_won" | "dispute_lost" | "other";
  /**
   * In the smallest unit of the currency
   */
  amount_minor: number | null;
  currency: string | null;
  livemode: boolean;
  occurred_at: string;
  received_at: string;
  /**
   * Why it changed nothing and a person should look; null where it did
   */
  review_reason: string | null;
  /**
   * How often it was tried again
   */
  attempts: number;
  /**
   * When it is tried again by itself
   */
  next_attempt_at: string | null;
  /**
   * Whether its webhook had not come
   */
  found_by_reconciliation: boolean;
};

export type Person = {
  user_id: string;
  email: string | null;
  /**
   * Null for users who were not made by Auth
   */
  created_at: string | null;
  last_sign_in_at: string | null;
  banned_until: string | null;
  is_staff: boolean;
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  /**
   * When the balance last changed
   */
  updated_at: string;
};

export type PersonTransactions = {
  transactions: Array<PersonTransaction>;
  /**
   * Null on the last page
   */
  next_cursor: string | null;
};

export type PersonTransaction = {
  id: number;
  /**
   * Signed change of the spendable balance, in tokens
   */
  amount: number;
  /**
   * The balance that this entry left, in tokens
   */
  balance_after: number;
  /**
   * What was held after this entry, in tokens
   */
  held_after: number;
  /**
   * Signed change of the debt, in tokens
   */
  debt_change: number;
  /**
   * The debt that this entry left, in tokens
   */
  debt_after: number;
  kind:
    | "add"
    | "deduct"
    | "hold"
    | "capture"
    | "release"
    | "expiry"
    | "adjustment"
    | "reversal"
    | "purchase"
    | "chargeback"
    | "closing";
  hold_id: string | null;
  /**
   * The entry that this one takes back
   */
  reverses: number | null;
  purchase_id: string | null;
  reference: string | null;
  metadata: {
    [key: string]: unknown;
  };
  /**
   * With staff, metadata says who (actor) and why (reason)
   */
  requested_by: "user" | "server" | "staff" | "system";
  idempotency_key: string | null;
  created_at: string;
};

export type PersonHolds = {
  holds: Array<{
    id: string;
    /**
     * Whole tokens set aside
     */
    amount: number;
    placed_by: "user" | "server";
    reference: string | null;
    expires_at: string;
    created_at: string;
  }>;
};

export type PersonPurchases = {
  purchases: Array<PersonPurchase>;
  /**
   * Null on the last page
   */
  next_cursor: string | null;
};

export type PersonPurchase = {
  id: string;
  pack_id: string;
  tokens: number;
  /**
   * In the smallest unit of the currency
   */
  price_minor: number;
  currency: string;
  provider: "standard" | "stripe";
  livemode: boolean;
  /**
   * The payment, as the provider names it; null until it is paid
   */
  payment_id: string | null;
  status: "pending" | "failed" | "paid" | "refunded" | "disputed";
  refunded_minor: number;
  /**
   * Whole tokens that the payment stands for at the moment
   */
  granted: number;
  created_at: string;
  updated_at: string;
  /**
   * The newest of them, oldest first
   */
  events: Array<ProviderEvent>;
};

export type PersonLog = {
  lines: Array<{
    id: number;
    staff_id: string;
    /**
     * Null where the account was deleted
     */
    staff_email: string | null;
    /**
     * What was looked at, or done
     */
    action:
      | "search"
      | "person"
      | "transactions"
      | "holds"
      | "purchases"
      | "log"
      | "adjust"
      | "reverse"
      | "release"
      | "retry"
      | "reconcile";
    /**
     * The entry, the hold or the event that an action was about
     */
    subject: string | null;
    /**
     * Why it was done; null for a look
     */
    reason: string | null;
    created_at: string;
  }>;
  /**
   * Null on the last page
   */
  next_cursor: string | null;
};

export type StaffEntry = {
  /**
   * Spendable balance, in whole tokens
   */
  token: number;
  /**
   * Set aside by open holds, in whole tokens
   */
  held: number;
  /**
   * Owed after a refund or dispute, in whole tokens: every credit pays it first
   */
  debt: number;
  /**
   * When the balance last changed
   */
  updated_at: string;
  /**
   * The entry in the ledger
   */
  transaction_id: number;
  /**
   * Signed change of the spendable balance, in tokens
   */
  amount: number;
};

export type RetryResult = {
  outcome: "applied" | "ignored" | "waiting" | "review";
  /**
   * Why it still changed nothing
   */
  review_reason: string | null;
};

export type AskResult = {
  /**
   * Whether all providers told all; send the request again where they did not
   */
  is_done: boolean;
  /**
   * Events whose webhook had not come, and that were applied now
   */
  events_missed: number;
  /**
   * Differences that a person should look at
   */
  finding_count: number;
};

export type AuthSignUpData = {
  body: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    password: string;
    /**
     * What the CAPTCHA widget gave, where one is configured
     */
    captcha_token?: string;
    /**
     * Any JSON object, kept with the user (user_metadata)
     */
    metadata?: {
      [key: string]: unknown;
    };
  };
  path?: never;
  query?: never;
  url: "/auth/signup";
};

export type AuthSignUpResponses = {
  /**
   * The account, signed in
   */
  201: AuthResponse;
  /**
   * A mail was sent: the address must be confirmed first
   */
  202: ConfirmationRequired;
};

export type AuthSignUpResponse = AuthSignUpResponses[keyof AuthSignUpResponses];

export type AuthConfirmData = {
  body: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
    /**
     * The code from the mail, 6 to 10 digits
     */
    code: string;
  };
  path?: never;
  query?: never;
  url: "/auth/confirm";
};

export type AuthConfirmResponses = {
  /**
   * A new session
   */
  200: AuthResponse;
};

export type AuthConfirmResponse = AuthConfirmResponses[keyof AuthConfirmResponses];

export type AuthSignInData = {
  body: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    password: string;
    /**
     * What the CAPTCHA widget gave, where one is configured
     */
    captcha_token?: string;
  };
  path?: never;
  query?: never;
  url: "/auth/signin";
};

export type AuthSignInResponses = {
  /**
   * A new session
   */
  200: AuthResponse;
};

export type AuthSignInResponse = AuthSignInResponses[keyof AuthSignInResponses];

export type AuthRefreshData = {
  body: {
    refresh_token: string;
  };
  path?: never;
  query?: never;
  url: "/auth/refresh";
};

export type AuthRefreshResponses = {
  /**
   * A new session
   */
  200: AuthResponse;
};

export type AuthRefreshResponse = AuthRefreshResponses[keyof AuthRefreshResponses];

export type AuthSignOutData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * local: this session; global: all of the user's; others: all but this one
     */
    scope?: "local" | "global" | "others";
  };
  url: "/auth/signout";
};

export type AuthSignOutResponses = {
  /**
   * The sessions have ended
   */
  204: void;
};

export type AuthSignOutResponse = AuthSignOutResponses[keyof AuthSignOutResponses];

export type AuthSessionsData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/auth/sessions";
};

export type AuthSessionsResponses = {
  /**
   * The newest 100 that are signed in
   */
  200: SessionList;
};

export type AuthSessionsResponse = AuthSessionsResponses[keyof AuthSessionsResponses];

export type AuthEndSessionData = {
  body?: never;
  path: {
    /**
     * The id of the session
     */
    id: string;
  };
  query?: never;
  url: "/auth/sessions/{id}";
};

export type AuthEndSessionResponses = {
  /**
   * It has ended, and its access token cannot spend
   */
  204: void;
};

export type AuthEndSessionResponse = AuthEndSessionResponses[keyof AuthEndSessionResponses];

export type AuthForgotPasswordData = {
  body: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
    /**
     * What the CAPTCHA widget gave, where one is configured
     */
    captcha_token?: string;
  };
  path?: never;
  query?: never;
  url: "/auth/password/forgot";
};

export type AuthForgotPasswordResponses = {
  /**
   * A mail was sent, if there is such an account
   */
  202: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
  };
};

export type AuthForgotPasswordResponse = AuthForgotPasswordResponses[keyof AuthForgotPasswordResponses];

export type AuthResetPasswordData = {
  body: {
    /**
     * E-mail address, at most 255 characters
     */
    email: string;
    /**
     * The code from the mail, 6 to 10 digits
     */
    code: string;
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    password: string;
  };
  path?: never;
  query?: never;
  url: "/auth/password/reset";
};

export type AuthResetPasswordResponses = {
  /**
   * A new session
   */
  200: AuthResponse;
};

export type AuthResetPasswordResponse = AuthResetPasswordResponses[keyof AuthResetPasswordResponses];

export type AuthChangePasswordData = {
  body: {
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    current_password: string;
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    password: string;
  };
  path?: never;
  query?: never;
  url: "/auth/password";
};

export type AuthChangePasswordResponses = {
  /**
   * The new password counts
   */
  204: void;
};

export type AuthChangePasswordResponse = AuthChangePasswordResponses[keyof AuthChangePasswordResponses];

export type AuthDeleteUserData = {
  body: {
    /**
     * At most 72 bytes of UTF-8, which is all that bcrypt reads
     */
    password: string;
  };
  path?: never;
  query?: never;
  url: "/auth/user";
};

export type AuthDeleteUserResponses = {
  /**
   * The account is gone
   */
  204: void;
};

export type AuthDeleteUserResponse = AuthDeleteUserResponses[keyof AuthDeleteUserResponses];

export type AuthUserData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/auth/user";
};

export type AuthUserResponses = {
  /**
   * The caller
   */
  200: CurrentUser;
};

export type AuthUserResponse = AuthUserResponses[keyof AuthUserResponses];

export type AuthExportAccountData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/auth/export";
};

export type AuthExportAccountResponses = {
  /**
   * The file
   */
  200: AccountExport;
};

export type AuthExportAccountResponse = AuthExportAccountResponses[keyof AuthExportAccountResponses];

export type ProfileRemoveData = {
  body?: never;
  headers?: {
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-Match"?: string;
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-None-Match"?: string;
  };
  path?: never;
  query?: never;
  url: "/profile";
};

export type ProfileRemoveResponses = {
  /**
   * The CV is gone
   */
  204: void;
};

export type ProfileRemoveResponse = ProfileRemoveResponses[keyof ProfileRemoveResponses];

export type ProfileReadData = {
  body?: never;
  headers?: {
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-Match"?: string;
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-None-Match"?: string;
  };
  path?: never;
  query?: never;
  url: "/profile";
};

export type ProfileReadResponses = {
  /**
   * The CV
   */
  200: Profile;
};

export type ProfileReadResponse = ProfileReadResponses[keyof ProfileReadResponses];

export type ProfileSaveData = {
  body: {
    /**
     * The CV: any JSON object, at most 64 levels deep. The whole body has at most 256 KiB.
     */
    profile_data: {
      [key: string]: unknown;
    };
  };
  headers?: {
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-Match"?: string;
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-None-Match"?: string;
  };
  path?: never;
  query?: never;
  url: "/profile";
};

export type ProfileSaveResponses = {
  /**
   * The CV was replaced
   */
  200: Profile;
  /**
   * The CV was created
   */
  201: Profile;
};

export type ProfileSaveResponse = ProfileSaveResponses[keyof ProfileSaveResponses];

export type ProfileUpdateData = {
  body: {
    /**
     * The CV: any JSON object, at most 64 levels deep. The whole body has at most 256 KiB.
     */
    profile_data: {
      [key: string]: unknown;
    };
  };
  headers?: {
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-Match"?: string;
    /**
     * Entity tags, or * (RFC 9110, section 13)
     */
    "If-None-Match"?: string;
  };
  path?: never;
  query?: never;
  url: "/profile";
};

export type ProfileUpdateResponses = {
  /**
   * The CV was replaced
   */
  200: Profile;
};

export type ProfileUpdateResponse = ProfileUpdateResponses[keyof ProfileUpdateResponses];

export type TokensBalanceData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens";
};

export type TokensBalanceResponses = {
  /**
   * The balance as it is now
   */
  200: TokenBalance;
};

export type TokensBalanceResponse = TokensBalanceResponses[keyof TokensBalanceResponses];

export type TokensAddData = {
  body: {
    /**
     * Whole tokens, 1 to 1,000,000,000
     */
    amount: number;
    /**
     * What the entry is for, in the client's own words
     */
    reference?: string;
    /**
     * Any JSON object of at most 16 KiB, kept with the entry
     */
    metadata?: {
      [key: string]: unknown;
    };
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/tokens/add";
};

export type TokensAddResponses = {
  /**
   * The balance it left
   */
  200: TokenAdjustment;
};

export type TokensAddResponse = TokensAddResponses[keyof TokensAddResponses];

export type TokensDeductData = {
  body: {
    /**
     * Whole tokens, 1 to 1,000,000,000
     */
    amount: number;
    /**
     * What the entry is for, in the client's own words
     */
    reference?: string;
    /**
     * Any JSON object of at most 16 KiB, kept with the entry
     */
    metadata?: {
      [key: string]: unknown;
    };
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/tokens/deduct";
};

export type TokensDeductResponses = {
  /**
   * The balance it left
   */
  200: TokenAdjustment;
};

export type TokensDeductResponse = TokensDeductResponses[keyof TokensDeductResponses];

export type TokensTransactionsData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * Only entries of this kind
     */
    kind?:
      | "add"
      | "deduct"
      | "hold"
      | "capture"
      | "release"
      | "expiry"
      | "adjustment"
      | "reversal"
      | "purchase"
      | "chargeback"
      | "closing";
    /**
     * Only entries at or after this time
     */
    from?: string;
    /**
     * Only entries before this time
     */
    to?: string;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
    /**
     * Most rows in the page, 1 to 100
     */
    limit?: number;
    /**
     * next_cursor of the page before
     */
    cursor?: string;
  };
  url: "/tokens/transactions";
};

export type TokensTransactionsResponses = {
  /**
   * A page; `next_cursor` leads to the next
   */
  200: TransactionPage;
};

export type TokensTransactionsResponse = TokensTransactionsResponses[keyof TokensTransactionsResponses];

export type TokensTransactionsCsvData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * Only entries of this kind
     */
    kind?:
      | "add"
      | "deduct"
      | "hold"
      | "capture"
      | "release"
      | "expiry"
      | "adjustment"
      | "reversal"
      | "purchase"
      | "chargeback"
      | "closing";
    /**
     * Only entries at or after this time
     */
    from?: string;
    /**
     * Only entries before this time
     */
    to?: string;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens/transactions.csv";
};

export type TokensTransactionsCsvResponses = {
  /**
   * The file
   */
  200: string;
};

export type TokensTransactionsCsvResponse = TokensTransactionsCsvResponses[keyof TokensTransactionsCsvResponses];

export type TokensBalanceAtData = {
  body?: never;
  path?: never;
  query: {
    time: string;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens/balance_at";
};

export type TokensBalanceAtResponses = {
  /**
   * What could be spent, was set aside, and was owed
   */
  200: BalanceAt;
};

export type TokensBalanceAtResponse = TokensBalanceAtResponses[keyof TokensBalanceAtResponses];

export type TokensAdjustData = {
  body: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id: string;
    /**
     * Why, for those who read the history
     */
    reason: string;
    /**
     * Who decided it: a person or a system
     */
    actor: string;
    /**
     * Signed whole tokens: -1,000,000,000 to 1,000,000,000, not 0
     */
    amount: number;
    /**
     * What the entry is for, in the client's own words
     */
    reference?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/tokens/adjustments";
};

export type TokensAdjustResponses = {
  /**
   * The balance it left
   */
  200: TokenAdjustment;
};

export type TokensAdjustResponse = TokensAdjustResponses[keyof TokensAdjustResponses];

export type TokensReverseData = {
  body: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id: string;
    /**
     * Why, for those who read the history
     */
    reason: string;
    /**
     * Who decided it: a person or a system
     */
    actor: string;
    /**
     * Take back what is left of the balance where it is too short for all
     */
    allow_partial?: boolean;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the entry
     */
    id: string;
  };
  query?: never;
  url: "/tokens/transactions/{id}/reversal";
};

export type TokensReverseResponses = {
  /**
   * The balance it left
   */
  200: Reversal;
};

export type TokensReverseResponse = TokensReverseResponses[keyof TokensReverseResponses];

export type TokensLowBalanceThresholdData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens/low_balance_threshold";
};

export type TokensLowBalanceThresholdResponses = {
  /**
   * Null if notices are off
   */
  200: Threshold;
};

export type TokensLowBalanceThresholdResponse =
  TokensLowBalanceThresholdResponses[keyof TokensLowBalanceThresholdResponses];

export type TokensSetLowBalanceThresholdData = {
  body: {
    /**
     * Whole tokens; null for no notices
     */
    threshold: number | null;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  path?: never;
  query?: never;
  url: "/tokens/low_balance_threshold";
};

export type TokensSetLowBalanceThresholdResponses = {
  /**
   * As it is now
   */
  200: Threshold;
};

export type TokensSetLowBalanceThresholdResponse =
  TokensSetLowBalanceThresholdResponses[keyof TokensSetLowBalanceThresholdResponses];

export type TokensDeliverNoticesData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/tokens/notices/deliver";
};

export type TokensDeliverNoticesResponses = {
  /**
   * How many were taken, and how many will be sent again
   */
  200: NoticeDelivery;
};

export type TokensDeliverNoticesResponse = TokensDeliverNoticesResponses[keyof TokensDeliverNoticesResponses];

export type TokensHoldsData = {
  body?: never;
  path?: never;
  query?: {
    /**
     * Only holds in this state
     */
    status?: "held" | "captured" | "released" | "expired";
    /**
     * Most rows in the page, 1 to 100
     */
    limit?: number;
    /**
     * next_cursor of the page before
     */
    cursor?: string;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens/holds";
};

export type TokensHoldsResponses = {
  /**
   * A page; `next_cursor` leads to the next
   */
  200: HoldPage;
};

export type TokensHoldsResponse = TokensHoldsResponses[keyof TokensHoldsResponses];

export type TokensHoldData = {
  body: {
    /**
     * Whole tokens, 1 to 1,000,000,000
     */
    amount: number;
    /**
     * Seconds until the hold expires, 1 to 86,400
     */
    ttl_seconds?: number;
    /**
     * What the entry is for, in the client's own words
     */
    reference?: string;
    /**
     * Any JSON object of at most 16 KiB, kept with the entry
     */
    metadata?: {
      [key: string]: unknown;
    };
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/tokens/holds";
};

export type TokensHoldResponses = {
  /**
   * The hold and the balance it left
   */
  201: HoldChange;
};

export type TokensHoldResponse = TokensHoldResponses[keyof TokensHoldResponses];

export type TokensReadHoldData = {
  body?: never;
  path: {
    /**
     * The id of the hold
     */
    id: string;
  };
  query?: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/tokens/holds/{id}";
};

export type TokensReadHoldResponses = {
  /**
   * The hold
   */
  200: Hold;
};

export type TokensReadHoldResponse = TokensReadHoldResponses[keyof TokensReadHoldResponses];

export type TokensCaptureData = {
  body?: {
    /**
     * Whole tokens to spend: by default all that is held, at most that and the balance
     */
    amount?: number;
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the hold
     */
    id: string;
  };
  query?: never;
  url: "/tokens/holds/{id}/capture";
};

export type TokensCaptureResponses = {
  /**
   * The hold and the balance it left
   */
  200: HoldChange;
};

export type TokensCaptureResponse = TokensCaptureResponses[keyof TokensCaptureResponses];

export type TokensReleaseData = {
  body?: {
    /**
     * The account to act on: required from servers, refused from users
     */
    user_id?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the hold
     */
    id: string;
  };
  query?: never;
  url: "/tokens/holds/{id}/release";
};

export type TokensReleaseResponses = {
  /**
   * The hold and the balance it left
   */
  200: HoldChange;
};

export type TokensReleaseResponse = TokensReleaseResponses[keyof TokensReleaseResponses];

export type PaymentsPacksData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/payments/packs";
};

export type PaymentsPacksResponses = {
  /**
   * The packs, cheapest first; prices are in the smallest unit of the currency
   */
  200: PackList;
};

export type PaymentsPacksResponse = PaymentsPacksResponses[keyof PaymentsPacksResponses];

export type PaymentsCheckoutData = {
  body: {
    pack_id: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/payments/checkout";
};

export type PaymentsCheckoutResponses = {
  /**
   * The purchase, and the provider's page to send the buyer to
   */
  201: Checkout;
};

export type PaymentsCheckoutResponse = PaymentsCheckoutResponses[keyof PaymentsCheckoutResponses];

export type PaymentsPurchasesData = {
  body?: never;
  path?: never;
  query?: {
    limit?: number;
    /**
     * The account to look at: required from servers, refused from users
     */
    user_id?: string;
  };
  url: "/payments/purchases";
};

export type PaymentsPurchasesResponses = {
  /**
   * Newest first
   */
  200: PurchaseList;
};

export type PaymentsPurchasesResponse = PaymentsPurchasesResponses[keyof PaymentsPurchasesResponses];

export type PaymentsStripeWebhookData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/payments/webhooks/stripe";
};

export type PaymentsStripeWebhookResponses = {
  /**
   * The event is stored, whatever followed from it
   */
  200: WebhookReceipt;
};

export type PaymentsStripeWebhookResponse = PaymentsStripeWebhookResponses[keyof PaymentsStripeWebhookResponses];

export type PaymentsStandardWebhookData = {
  body: {
    type: "payment.paid";
    timestamp: string;
    data: {
      livemode: boolean;
      payment_id: string;
      currency: string;
      purchase_id: string;
      /**
       * In the smallest unit of the currency
       */
      amount_minor: number;
    };
  } | {
    type: "payment.failed";
    timestamp: string;
    data: {
      livemode: boolean;
      payment_id?: string;
      currency?: string;
      purchase_id: string;
    };
  } | {
    type: "payment.refunded";
    timestamp: string;
    data: {
      livemode: boolean;
      payment_id: string;
      currency: string;
      refund_id: string;
      /**
       * Refunded in all under this id
       */
      amount_minor: number;
    };
  } | {
    type: "refund.failed";
    timestamp: string;
    data: {
      livemode: boolean;
      payment_id: string;
      currency?: string;
      refund_id: string;
    };
  } | {
    type: "dispute.opened" | "dispute.won" | "dispute.lost";
    timestamp: string;
    data: {
      livemode: boolean;
      payment_id: string;
      currency?: string;
      dispute_id: string;
    };
  };
  path?: never;
  query?: never;
  url: "/payments/webhooks/standard";
};

export type PaymentsStandardWebhookResponses = {
  /**
   * The event is stored, whatever followed from it
   */
  200: WebhookReceipt;
};

export type PaymentsStandardWebhookResponse = PaymentsStandardWebhookResponses[keyof PaymentsStandardWebhookResponses];

export type PaymentsReconcileData = {
  body?: {
    /**
     * Pages of up to 100 things to compare before the answer
     */
    max_pages?: number;
  };
  path?: never;
  query?: never;
  url: "/payments/reconcile";
};

export type PaymentsReconcileResponses = {
  /**
   * One report for each provider
   */
  200: ReconciliationList;
};

export type PaymentsReconcileResponse = PaymentsReconcileResponses[keyof PaymentsReconcileResponses];

export type SupportSearchData = {
  body: {
    /**
     * The address of an account, all of it
     */
    email?: string;
    user_id?: string;
    /**
     * A payment, as its provider names it on a receipt
     */
    payment_id?: string;
  };
  path?: never;
  query?: never;
  url: "/support/search";
};

export type SupportSearchResponses = {
  /**
   * The accounts, and the events of the payment that was searched for
   */
  200: SearchResult;
};

export type SupportSearchResponse = SupportSearchResponses[keyof SupportSearchResponses];

export type SupportPersonData = {
  body?: never;
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: never;
  url: "/support/people/{id}";
};

export type SupportPersonResponses = {
  /**
   * The account
   */
  200: Person;
};

export type SupportPersonResponse = SupportPersonResponses[keyof SupportPersonResponses];

export type SupportTransactionsData = {
  body?: never;
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: {
    /**
     * Most rows in the page, 1 to 100
     */
    limit?: number;
    /**
     * next_cursor of the page before
     */
    cursor?: string;
  };
  url: "/support/people/{id}/transactions";
};

export type SupportTransactionsResponses = {
  /**
   * One page
   */
  200: PersonTransactions;
};

export type SupportTransactionsResponse = SupportTransactionsResponses[keyof SupportTransactionsResponses];

export type SupportHoldsData = {
  body?: never;
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: never;
  url: "/support/people/{id}/holds";
};

export type SupportHoldsResponses = {
  /**
   * All of them: an account has at most 100
   */
  200: PersonHolds;
};

export type SupportHoldsResponse = SupportHoldsResponses[keyof SupportHoldsResponses];

export type SupportPurchasesData = {
  body?: never;
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: {
    /**
     * Most rows in the page, 1 to 100
     */
    limit?: number;
    /**
     * next_cursor of the page before
     */
    cursor?: string;
  };
  url: "/support/people/{id}/purchases";
};

export type SupportPurchasesResponses = {
  /**
   * One page
   */
  200: PersonPurchases;
};

export type SupportPurchasesResponse = SupportPurchasesResponses[keyof SupportPurchasesResponses];

export type SupportLogData = {
  body?: never;
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: {
    /**
     * Most rows in the page, 1 to 100
     */
    limit?: number;
    /**
     * next_cursor of the page before
     */
    cursor?: string;
  };
  url: "/support/people/{id}/log";
};

export type SupportLogResponses = {
  /**
   * One page
   */
  200: PersonLog;
};

export type SupportLogResponse = SupportLogResponses[keyof SupportLogResponses];

export type SupportAdjustData = {
  body: {
    /**
     * Signed whole tokens: -100,000 to 100,000, not 0
     */
    amount: number;
    /**
     * Why: kept with the entry, whose owner can read it
     */
    reason: string;
    /**
     * What the entry is for: a payment's id, say
     */
    reference?: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the person
     */
    id: string;
  };
  query?: never;
  url: "/support/people/{id}/adjustments";
};

export type SupportAdjustResponses = {
  /**
   * The entry, and the balance that it left
   */
  200: StaffEntry;
};

export type SupportAdjustResponse = SupportAdjustResponses[keyof SupportAdjustResponses];

export type SupportReverseData = {
  body: {
    /**
     * Why: kept with the entry, whose owner can read it
     */
    reason: string;
    /**
     * Take back what is left of the balance where it is too short for all
     */
    allow_partial?: boolean;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the person
     */
    id: string;
    /**
     * The id of the entry
     */
    transaction_id: string;
  };
  query?: never;
  url: "/support/people/{id}/transactions/{transaction_id}/reversal";
};

export type SupportReverseResponses = {
  /**
   * The entry, and the balance that it left
   */
  200: StaffEntry;
};

export type SupportReverseResponse = SupportReverseResponses[keyof SupportReverseResponses];

export type SupportReleaseData = {
  body: {
    /**
     * Why: kept with the entry, whose owner can read it
     */
    reason: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path: {
    /**
     * The id of the person
     */
    id: string;
    /**
     * The id of the hold
     */
    hold_id: string;
  };
  query?: never;
  url: "/support/people/{id}/holds/{hold_id}/release";
};

export type SupportReleaseResponses = {
  /**
   * The entry, and the balance that it left
   */
  200: StaffEntry;
};

export type SupportReleaseResponse = SupportReleaseResponses[keyof SupportReleaseResponses];

export type SupportRetryData = {
  body: {
    provider: "standard" | "stripe";
    /**
     * The event, as the provider names it
     */
    event_id: string;
    /**
     * Why: kept with the entry, whose owner can read it
     */
    reason: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/support/events/retry";
};

export type SupportRetryResponses = {
  /**
   * What came of it
   */
  200: RetryResult;
};

export type SupportRetryResponse = SupportRetryResponses[keyof SupportRetryResponses];

export type SupportReconcileData = {
  body: {
    /**
     * Why: kept with the entry, whose owner can read it
     */
    reason: string;
  };
  headers?: {
    /**
     * The same request with the same key has one effect, however often it is sent
     */
    "Idempotency-Key"?: string;
  };
  path?: never;
  query?: never;
  url: "/support/reconcile";
};

export type SupportReconcileResponses = {
  /**
   * What was found
   */
  200: AskResult;
};

export type SupportReconcileResponse = SupportReconcileResponses[keyof SupportReconcileResponses];

export type AuthHealthData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/auth/health";
};

export type AuthHealthResponses = {
  /**
   * It can
   */
  200: {
    status: "ok";
  };
};

export type AuthHealthResponse = AuthHealthResponses[keyof AuthHealthResponses];

export type ProfileHealthData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/profile/health";
};

export type ProfileHealthResponses = {
  /**
   * It can
   */
  200: {
    status: "ok";
  };
};

export type ProfileHealthResponse = ProfileHealthResponses[keyof ProfileHealthResponses];

export type TokensHealthData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/tokens/health";
};

export type TokensHealthResponses = {
  /**
   * It can
   */
  200: {
    status: "ok";
  };
};

export type TokensHealthResponse = TokensHealthResponses[keyof TokensHealthResponses];

export type PaymentsHealthData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/payments/health";
};

export type PaymentsHealthResponses = {
  /**
   * It can
   */
  200: {
    status: "ok";
  };
};

export type PaymentsHealthResponse = PaymentsHealthResponses[keyof PaymentsHealthResponses];

export type SupportHealthData = {
  body?: never;
  path?: never;
  query?: never;
  url: "/support/health";
};

export type SupportHealthResponses = {
  /**
   * It can
   */
  200: {
    status: "ok";
  };
};

export type SupportHealthResponse = SupportHealthResponses[keyof SupportHealthResponses];
