// Written by `deno task openapi` from the routes in tasks/openapi.

import type { ConditionalOptions, Input, KeyedOptions, Method, PagedMethod, Versioned } from "./index.d.ts";
import type * as api from "./types.d.ts";

/** The methods of the API, by domain. */
export interface Operations {
  auth: {
    /** Create an account with an empty wallet. For anyone: `POST /auth/signup`. Refused with `signup_disabled`, `user_already_exists`, `weak_password`, `captcha_failed`, `too_many_requests`. */
    signUp: Method<Input<api.AuthSignUpData>, api.AuthSignUpResponse>;
    /** Confirm an address with the code of the mail. For anyone: `POST /auth/confirm`. Refused with `invalid_code`, `too_many_requests`, `user_not_found`, `wallet_busy`, `request_expired`. */
    confirm: Method<Input<api.AuthConfirmData>, api.AuthConfirmResponse>;
    /** Sign in with a password. For anyone: `POST /auth/signin`. Refused with `invalid_credentials`, `email_not_confirmed`, `signup_disabled`, `captcha_failed`, `too_many_requests`, `user_not_found`, `wallet_busy`, `request_expired`. */
    signIn: Method<Input<api.AuthSignInData>, api.AuthSignInResponse>;
    /** Trade a refresh token for a new session. For anyone: `POST /auth/refresh`. Refused with `invalid_refresh_token`, `too_many_requests`, `user_not_found`, `wallet_busy`, `request_expired`. */
    refresh: Method<Input<api.AuthRefreshData>, api.AuthRefreshResponse>;
    /** End sessions. For user: `POST /auth/signout`. */
    signOut: Method<Input<api.AuthSignOutData>, api.AuthSignOutResponse>;
    /** The caller's sessions, newest first. For user: `GET /auth/sessions`. */
    sessions: Method<Input<api.AuthSessionsData>, api.AuthSessionsResponse>;
    /** End one of the caller's sessions. For user: `DELETE /auth/sessions/{id}`. Refused with `session_not_found`. */
    endSession: Method<Input<api.AuthEndSessionData>, api.AuthEndSessionResponse>;
    /** Ask for a code to set a new password with. For anyone: `POST /auth/password/forgot`. Refused with `signup_disabled`, `captcha_failed`, `too_many_requests`. */
    forgotPassword: Method<Input<api.AuthForgotPasswordData>, api.AuthForgotPasswordResponse>;
    /** Set a new password with the code of the mail. For anyone: `POST /auth/password/reset`. Refused with `invalid_code`, `insufficient_aal`, `weak_password`, `same_password`, `too_many_requests`, `user_not_found`, `wallet_busy`, `request_expired`. */
    resetPassword: Method<Input<api.AuthResetPasswordData>, api.AuthResetPasswordResponse>;
    /** Change the password. For user: `PUT /auth/password`. Refused with `session_ended`, `invalid_credentials`, `email_not_confirmed`, `signup_disabled`, `insufficient_aal`, `too_many_requests`, `reauthentication_needed`, `weak_password`, `same_password`. */
    changePassword: Method<Input<api.AuthChangePasswordData>, api.AuthChangePasswordResponse>;
    /** Who the caller is, with their balance. For user: `GET /auth/user`. Refused with `user_not_found`, `wallet_busy`. */
    user: Method<Input<api.AuthUserData>, api.AuthUserResponse>;
    /** All that is stored about the caller. For user: `GET /auth/export`. Refused with `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    exportAccount: Method<Input<api.AuthExportAccountData>, api.AuthExportAccountResponse>;
    /** Delete the account. For user: `DELETE /auth/user`. Refused with `session_ended`, `invalid_credentials`, `email_not_confirmed`, `signup_disabled`, `insufficient_aal`, `too_many_requests`. */
    deleteUser: Method<Input<api.AuthDeleteUserData>, api.AuthDeleteUserResponse>;
    /** Whether the function auth can work. For anyone: `GET /auth/health`. */
    health: Method<Input<api.AuthHealthData>, api.AuthHealthResponse>;
  };
  profile: {
    /** Read the caller's CV. For user: `GET /profile`. Refused with `profile_not_found`, `precondition_failed`, `validation_failed`. */
    read: Method<Input<api.ProfileReadData>, Versioned<api.ProfileReadResponse>>;
    /** Create or replace the caller's CV. For user: `POST /profile`. Refused with `precondition_failed`. */
    save: Method<Input<api.ProfileSaveData>, Versioned<api.ProfileSaveResponse>, ConditionalOptions>;
    /** Replace the caller's CV where there is one. For user: `PUT /profile`. Refused with `profile_not_found`, `precondition_failed`. */
    update: Method<Input<api.ProfileUpdateData>, Versioned<api.ProfileUpdateResponse>, ConditionalOptions>;
    /** Remove the caller's CV. For user: `DELETE /profile`. Refused with `profile_not_found`, `precondition_failed`, `validation_failed`. */
    remove: Method<Input<api.ProfileRemoveData>, api.ProfileRemoveResponse, ConditionalOptions>;
    /** Whether the function profile can work. For anyone: `GET /profile/health`. */
    health: Method<Input<api.ProfileHealthData>, api.ProfileHealthResponse>;
  };
  tokens: {
    /** The balance: tokens to spend, set aside and owed. For user or server: `GET /tokens`. Refused with `user_not_found`. */
    balance: Method<Input<api.TokensBalanceData>, api.TokensBalanceResponse>;
    /** Credit tokens. For user or server: `POST /tokens/add`. Refused with `purchase_required`, `user_not_found`, `balance_limit`. */
    add: Method<Input<api.TokensAddData>, api.TokensAddResponse, KeyedOptions>;
    /** Spend tokens. For user or server: `POST /tokens/deduct`. Refused with `insufficient_tokens`, `user_not_found`. */
    deduct: Method<Input<api.TokensDeductData>, api.TokensDeductResponse, KeyedOptions>;
    /** The ledger, newest first, page by page. For user or server: `GET /tokens/transactions`. */
    transactions: PagedMethod<Input<api.TokensTransactionsData>, api.TokensTransactionsResponse, "transactions">;
    /** The whole ledger as a CSV file, oldest first. For user or server: `GET /tokens/transactions.csv`. */
    transactionsCsv: Method<Input<api.TokensTransactionsCsvData>, api.TokensTransactionsCsvResponse>;
    /** The balance at an instant. For user or server: `GET /tokens/balance_at`. */
    balanceAt: Method<Input<api.TokensBalanceAtData>, api.TokensBalanceAtResponse>;
    /** Correct a balance, with a reason and a name. For server: `POST /tokens/adjustments`. Refused with `insufficient_tokens`, `user_not_found`, `balance_limit`. */
    adjust: Method<Input<api.TokensAdjustData>, api.TokensAdjustResponse, KeyedOptions>;
    /** Take back one entry, once. For server: `POST /tokens/transactions/{id}/reversal`. Refused with `insufficient_tokens`, `user_not_found`, `transaction_not_found`, `transaction_already_reversed`, `transaction_not_reversible`, `balance_limit`. */
    reverse: Method<Input<api.TokensReverseData>, api.TokensReverseResponse, KeyedOptions>;
    /** The balance below which the user is told. For user or server: `GET /tokens/low_balance_threshold`. */
    lowBalanceThreshold: Method<Input<api.TokensLowBalanceThresholdData>, api.TokensLowBalanceThresholdResponse>;
    /** Set the balance below which the user is told, or null for no notice. For user or server: `PUT /tokens/low_balance_threshold`. Refused with `user_not_found`. */
    setLowBalanceThreshold: Method<
      Input<api.TokensSetLowBalanceThresholdData>,
      api.TokensSetLowBalanceThresholdResponse
    >;
    /** Send the notices that are due. For server: `POST /tokens/notices/deliver`. */
    deliverNotices: Method<Input<api.TokensDeliverNoticesData>, api.TokensDeliverNoticesResponse>;
    /** Set tokens aside for work whose cost is not known yet. For user or server: `POST /tokens/holds`. Refused with `insufficient_tokens`, `hold_limit`, `user_not_found`. */
    hold: Method<Input<api.TokensHoldData>, api.TokensHoldResponse, KeyedOptions>;
    /** Holds, newest first, page by page. For user or server: `GET /tokens/holds`. */
    holds: PagedMethod<Input<api.TokensHoldsData>, api.TokensHoldsResponse, "holds">;
    /** One hold as it is now. For user or server: `GET /tokens/holds/{id}`. Refused with `hold_not_found`. */
    readHold: Method<Input<api.TokensReadHoldData>, api.TokensReadHoldResponse>;
    /** Spend from a hold; the rest comes back. For user or server: `POST /tokens/holds/{id}/capture`. Refused with `insufficient_tokens`, `hold_of_server`, `hold_not_found`, `hold_settled`, `user_not_found`. */
    capture: Method<Input<api.TokensCaptureData>, api.TokensCaptureResponse, KeyedOptions>;
    /** Give all of a hold back. For user or server: `POST /tokens/holds/{id}/release`. Refused with `hold_of_server`, `hold_not_found`, `hold_settled`, `user_not_found`. */
    release: Method<Input<api.TokensReleaseData>, api.TokensReleaseResponse, KeyedOptions>;
    /** Whether the function tokens can work. For anyone: `GET /tokens/health`. */
    health: Method<Input<api.TokensHealthData>, api.TokensHealthResponse>;
  };
  payments: {
    /** What can be bought. For anyone: `GET /payments/packs`. */
    packs: Method<Input<api.PaymentsPacksData>, api.PaymentsPacksResponse>;
    /** Begin a purchase. For user: `POST /payments/checkout`. Refused with `pack_not_found`, `purchase_limit`, `purchase_ended`, `user_not_found`, `wallet_busy`, `request_expired`. */
    checkout: Method<Input<api.PaymentsCheckoutData>, api.PaymentsCheckoutResponse, KeyedOptions>;
    /** The newest purchases. For user or server: `GET /payments/purchases`. */
    purchases: Method<Input<api.PaymentsPurchasesData>, api.PaymentsPurchasesResponse>;
    /** Compare the books with each provider, from where the last call got to. For server: `POST /payments/reconcile`. */
    reconcile: Method<Input<api.PaymentsReconcileData>, api.PaymentsReconcileResponse>;
    /** Whether the function payments can work. For anyone: `GET /payments/health`. */
    health: Method<Input<api.PaymentsHealthData>, api.PaymentsHealthResponse>;
  };
  support: {
    /** Find a person by their e-mail address, their id, or a payment. For staff: `POST /support/search`. Refused with `user_not_found`, `too_many_requests`. */
    search: Method<Input<api.SupportSearchData>, api.SupportSearchResponse>;
    /** A person's account and balance. For staff: `GET /support/people/{id}`. Refused with `user_not_found`, `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    person: Method<Input<api.SupportPersonData>, api.SupportPersonResponse>;
    /** A person's ledger, newest first, page by page. For staff: `GET /support/people/{id}/transactions`. Refused with `user_not_found`, `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    transactions: PagedMethod<Input<api.SupportTransactionsData>, api.SupportTransactionsResponse, "transactions">;
    /** A person's open holds, by the time they expire. For staff: `GET /support/people/{id}/holds`. Refused with `user_not_found`, `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    holds: Method<Input<api.SupportHoldsData>, api.SupportHoldsResponse>;
    /** A person's purchases with what the providers said of them, newest first, page by page. For staff: `GET /support/people/{id}/purchases`. Refused with `user_not_found`, `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    purchases: PagedMethod<Input<api.SupportPurchasesData>, api.SupportPurchasesResponse, "purchases">;
    /** What the staff looked at and did for a person, newest first, page by page. For staff: `GET /support/people/{id}/log`. Refused with `user_not_found`, `session_ended`, `insufficient_aal`, `too_many_requests`, `wallet_busy`, `request_expired`. */
    log: PagedMethod<Input<api.SupportLogData>, api.SupportLogResponse, "lines">;
    /** Credit or debit a person, with a reason. For staff: `POST /support/people/{id}/adjustments`. Refused with `user_not_found`, `insufficient_tokens`, `balance_limit`, `own_account`, `too_many_requests`. */
    adjust: Method<Input<api.SupportAdjustData>, api.SupportAdjustResponse, KeyedOptions>;
    /** Take back one entry of a person's ledger, once. For staff: `POST /support/people/{id}/transactions/{transaction_id}/reversal`. Refused with `user_not_found`, `transaction_not_found`, `transaction_already_reversed`, `transaction_not_reversible`, `insufficient_tokens`, `balance_limit`, `own_account`, `too_many_requests`. */
    reverse: Method<Input<api.SupportReverseData>, api.SupportReverseResponse, KeyedOptions>;
    /** Give all of a person's hold back, whoever placed it. For staff: `POST /support/people/{id}/holds/{hold_id}/release`. Refused with `user_not_found`, `hold_not_found`, `hold_settled`, `own_account`, `too_many_requests`. */
    release: Method<Input<api.SupportReleaseData>, api.SupportReleaseResponse, KeyedOptions>;
    /** Try an event again that is under review. For staff: `POST /support/events/retry`. Refused with `event_not_found`, `event_not_in_review`, `own_account`, `too_many_requests`. */
    retry: Method<Input<api.SupportRetryData>, api.SupportRetryResponse, KeyedOptions>;
    /** Ask the providers for what their webhooks missed. For staff: `POST /support/reconcile`. Refused with `too_many_requests`. */
    reconcile: Method<Input<api.SupportReconcileData>, api.SupportReconcileResponse, KeyedOptions>;
    /** Whether the function support can work. For anyone: `GET /support/health`. */
    health: Method<Input<api.SupportHealthData>, api.SupportHealthResponse>;
  };
}
