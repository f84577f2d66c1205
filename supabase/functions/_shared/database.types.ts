export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "public": {
    Tables: {
      "notices": {
        Row: {
          "attempts": number;
          "created_at": string;
          "data": NonNullable<Json>;
          "delivered_at": string | null;
          "id": string;
          "last_error": string | null;
          "next_attempt_at": string | null;
          "transaction_id": number;
          "type": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "attempts"?: number;
          "created_at"?: string;
          "data": NonNullable<Json>;
          "delivered_at"?: string | null;
          "id"?: string;
          "last_error"?: string | null;
          "next_attempt_at"?: string | null;
          "transaction_id": number;
          "type": string;
          "user_id": string;
        };
        Update: {
          "attempts"?: number;
          "created_at"?: string;
          "data"?: NonNullable<Json>;
          "delivered_at"?: string | null;
          "id"?: string;
          "last_error"?: string | null;
          "next_attempt_at"?: string | null;
          "transaction_id"?: number;
          "type"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "payment_events": {
        Row: {
          "amount_minor": number | null;
          "attempts": number;
          "currency": string | null;
          "event_id": string;
          "fact": string;
          "livemode": boolean;
          "next_attempt_at": string | null;
          "occurred_at": string;
          "payload": NonNullable<Json>;
          "payment_id": string | null;
          "provider": string;
          "purchase_id": string | null;
          "received_at": string;
          "reconciliation_id": string | null;
          "review_reason": string | null;
          "subject_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "amount_minor"?: number | null;
          "attempts"?: number;
          "currency"?: string | null;
          "event_id": string;
          "fact": string;
          "livemode": boolean;
          "next_attempt_at"?: string | null;
          "occurred_at": string;
          "payload": NonNullable<Json>;
          "payment_id"?: string | null;
          "provider": string;
          "purchase_id"?: string | null;
          "received_at"?: string;
          "reconciliation_id"?: string | null;
          "review_reason"?: string | null;
          "subject_id"?: string | null;
        };
        Update: {
          "amount_minor"?: number | null;
          "attempts"?: number;
          "currency"?: string | null;
          "event_id"?: string;
          "fact"?: string;
          "livemode"?: boolean;
          "next_attempt_at"?: string | null;
          "occurred_at"?: string;
          "payload"?: NonNullable<Json>;
          "payment_id"?: string | null;
          "provider"?: string;
          "purchase_id"?: string | null;
          "received_at"?: string;
          "reconciliation_id"?: string | null;
          "review_reason"?: string | null;
          "subject_id"?: string | null;
        };
        Relationships: [];
      };
      "payment_findings": {
        Row: {
          "here": string;
          "kind": string;
          "payment_id": string;
          "purchase_id": string | null;
          "reconciliation_id": string;
          "there": string;
        };
        ComputedFields: never;
        Insert: {
          "here": string;
          "kind": string;
          "payment_id": string;
          "purchase_id"?: string | null;
          "reconciliation_id": string;
          "there": string;
        };
        Update: {
          "here"?: string;
          "kind"?: string;
          "payment_id"?: string;
          "purchase_id"?: string | null;
          "reconciliation_id"?: string;
          "there"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "payment_findings_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "payment_reconciliation_reports";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "payment_findings_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "payment_reconciliations";
            referencedColumns: ["id"];
          },
        ];
      };
      "payment_reconciliations": {
        Row: {
          "cursor": string | null;
          "events_seen": number;
          "finished_at": string | null;
          "id": string;
          "livemode": boolean;
          "payments_seen": number;
          "provider": string;
          "purchases_seen": number;
          "retries_seen": number;
          "since": string;
          "stage": string;
          "started_at": string;
          "until": string;
        };
        ComputedFields: never;
        Insert: {
          "cursor"?: string | null;
          "events_seen"?: number;
          "finished_at"?: string | null;
          "id"?: string;
          "livemode": boolean;
          "payments_seen"?: number;
          "provider": string;
          "purchases_seen"?: number;
          "retries_seen"?: number;
          "since": string;
          "stage"?: string;
          "started_at"?: string;
          "until": string;
        };
        Update: {
          "cursor"?: string | null;
          "events_seen"?: number;
          "finished_at"?: string | null;
          "id"?: string;
          "livemode"?: boolean;
          "payments_seen"?: number;
          "provider"?: string;
          "purchases_seen"?: number;
          "retries_seen"?: number;
          "since"?: string;
          "stage"?: string;
          "started_at"?: string;
          "until"?: string;
        };
        Relationships: [];
      };
      "profiles": {
        Row: {
          "created_at": string;
          "id": string;
          "profile_data": NonNullable<Json>;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "id"?: string;
          "profile_data": NonNullable<Json>;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Update: {
          "created_at"?: string;
          "id"?: string;
          "profile_data"?: NonNullable<Json>;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "purchases": {
        Row: {
          "created_at": string;
          "currency": string;
          "granted": number;
          "id": string;
          "idempotency_key": string | null;
          "livemode": boolean;
          "pack_id": string;
          "payment_id": string | null;
          "price_minor": number;
          "provider": string;
          "refunded_minor": number;
          "status": string;
          "tokens": number;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "currency": string;
          "granted"?: number;
          "id"?: string;
          "idempotency_key"?: string | null;
          "livemode": boolean;
          "pack_id": string;
          "payment_id"?: string | null;
          "price_minor": number;
          "provider": string;
          "refunded_minor"?: number;
          "status"?: string;
          "tokens": number;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "created_at"?: string;
          "currency"?: string;
          "granted"?: number;
          "id"?: string;
          "idempotency_key"?: string | null;
          "livemode"?: boolean;
          "pack_id"?: string;
          "payment_id"?: string | null;
          "price_minor"?: number;
          "provider"?: string;
          "refunded_minor"?: number;
          "status"?: string;
          "tokens"?: number;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "purchases_pack_id_fkey";
            columns: ["pack_id"];
            isOneToOne: false;
            referencedRelation: "token_packs";
            referencedColumns: ["id"];
          },
        ];
      };
      "support_log": {
        Row: {
          "action": string;
          "answer": Json | null;
          "created_at": string;
          "id": number;
          "idempotency_key": string | null;
          "reason": string | null;
          "request_hash": string | null;
          "staff_id": string;
          "subject": string | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "action": string;
          "answer"?: Json | null;
          "created_at"?: string;
          "id"?: never;
          "idempotency_key"?: string | null;
          "reason"?: string | null;
          "request_hash"?: string | null;
          "staff_id": string;
          "subject"?: string | null;
          "user_id"?: string | null;
        };
        Update: {
          "action"?: string;
          "answer"?: Json | null;
          "created_at"?: string;
          "id"?: never;
          "idempotency_key"?: string | null;
          "reason"?: string | null;
          "request_hash"?: string | null;
          "staff_id"?: string;
          "subject"?: string | null;
          "user_id"?: string | null;
        };
        Relationships: [];
      };
      "token_holds": {
        Row: {
          "amount": number;
          "captured_amount": number | null;
          "created_at": string;
          "expires_at": string;
          "id": string;
          "metadata": NonNullable<Json>;
          "placed_by": string;
          "reference": string | null;
          "settled_at": string | null;
          "status": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "captured_amount"?: number | null;
          "created_at": string;
          "expires_at": string;
          "id"?: string;
          "metadata"?: NonNullable<Json>;
          "placed_by": string;
          "reference"?: string | null;
          "settled_at"?: string | null;
          "status"?: string;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "captured_amount"?: number | null;
          "created_at"?: string;
          "expires_at"?: string;
          "id"?: string;
          "metadata"?: NonNullable<Json>;
          "placed_by"?: string;
          "reference"?: string | null;
          "settled_at"?: string | null;
          "status"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "token_packs": {
        Row: {
          "active": boolean;
          "created_at": string;
          "currency": string;
          "id": string;
          "price_minor": number;
          "stripe_price_id": string | null;
          "tokens": number;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "active"?: boolean;
          "created_at"?: string;
          "currency": string;
          "id": string;
          "price_minor": number;
          "stripe_price_id"?: string | null;
          "tokens": number;
          "updated_at"?: string;
        };
        Update: {
          "active"?: boolean;
          "created_at"?: string;
          "currency"?: string;
          "id"?: string;
          "price_minor"?: number;
          "stripe_price_id"?: string | null;
          "tokens"?: number;
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "token_transactions": {
        Row: {
          "amount": number;
          "balance_after": number;
          "created_at": string;
          "debt_after": number;
          "debt_change": number;
          "held_after": number;
          "hold_id": string | null;
          "id": number;
          "idempotency_key": string | null;
          "kind": string;
          "metadata": NonNullable<Json>;
          "purchase_id": string | null;
          "reference": string | null;
          "request_hash": string | null;
          "requested_by": string;
          "reverses": number | null;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount": number;
          "balance_after": number;
          "created_at": string;
          "debt_after"?: number;
          "debt_change"?: number;
          "held_after": number;
          "hold_id"?: string | null;
          "id": number;
          "idempotency_key"?: string | null;
          "kind": string;
          "metadata"?: NonNullable<Json>;
          "purchase_id"?: string | null;
          "reference"?: string | null;
          "request_hash"?: string | null;
          "requested_by": string;
          "reverses"?: number | null;
          "user_id": string;
        };
        Update: {
          "amount"?: number;
          "balance_after"?: number;
          "created_at"?: string;
          "debt_after"?: number;
          "debt_change"?: number;
          "held_after"?: number;
          "hold_id"?: string | null;
          "id"?: number;
          "idempotency_key"?: string | null;
          "kind"?: string;
          "metadata"?: NonNullable<Json>;
          "purchase_id"?: string | null;
          "reference"?: string | null;
          "request_hash"?: string | null;
          "requested_by"?: string;
          "reverses"?: number | null;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "user_tokens": {
        Row: {
          "created_at": string;
          "debt": number;
          "entries": number;
          "held": number;
          "id": string;
          "low_balance_noticed_at": string | null;
          "low_balance_threshold": number | null;
          "token": number;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "debt"?: number;
          "entries"?: number;
          "held"?: number;
          "id"?: string;
          "low_balance_noticed_at"?: string | null;
          "low_balance_threshold"?: number | null;
          "token"?: number;
          "updated_at"?: string;
          "user_id": string;
        };
        Update: {
          "created_at"?: string;
          "debt"?: number;
          "entries"?: number;
          "held"?: number;
          "id"?: string;
          "low_balance_noticed_at"?: string | null;
          "low_balance_threshold"?: number | null;
          "token"?: number;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      "payment_reconciliation_reports": {
        Row: {
          "cursor": string | null;
          "events_missed": number | null;
          "events_seen": number;
          "finding_count": number | null;
          "finished_at": string | null;
          "id": string;
          "livemode": boolean;
          "payments_seen": number;
          "provider": string;
          "purchases_seen": number;
          "retries_seen": number;
          "since": string;
          "stage": string;
          "started_at": string;
          "until": string;
        };
        ComputedFields: never;
        Insert: {
          "cursor"?: string | null;
          "events_missed"?: never;
          "events_seen"?: number | null;
          "finding_count"?: never;
          "finished_at"?: string | null;
          "id"?: string | null;
          "livemode"?: boolean | null;
          "payments_seen"?: number | null;
          "provider"?: string | null;
          "purchases_seen"?: number | null;
          "retries_seen"?: number | null;
          "since"?: string | null;
          "stage"?: string | null;
          "started_at"?: string | null;
          "until"?: string | null;
        };
        Update: {
          "cursor"?: string | null;
          "events_missed"?: never;
          "events_seen"?: number | null;
          "finding_count"?: never;
          "finished_at"?: string | null;
          "id"?: string | null;
          "livemode"?: boolean | null;
          "payments_seen"?: number | null;
          "provider"?: string | null;
          "purchases_seen"?: number | null;
          "retries_seen"?: number | null;
          "since"?: string | null;
          "stage"?: string | null;
          "started_at"?: string | null;
          "until"?: string | null;
        };
        Relationships: [];
      };
      "token_balances": {
        Row: {
          "debt": number | null;
          "held": number | null;
          "token": number | null;
          "updated_at": string | null;
          "user_id": string;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "token_hold_states": {
        Row: {
          "amount": number;
          "captured_amount": number | null;
          "created_at": string;
          "expires_at": string;
          "id": string;
          "metadata": NonNullable<Json>;
          "placed_by": string;
          "reference": string | null;
          "settled_at": string | null;
          "status": string | null;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "amount"?: number | null;
          "captured_amount"?: number | null;
          "created_at"?: string | null;
          "expires_at"?: string | null;
          "id"?: string | null;
          "metadata"?: Json | null;
          "placed_by"?: string | null;
          "reference"?: string | null;
          "settled_at"?: never;
          "status"?: never;
          "user_id"?: string | null;
        };
        Update: {
          "amount"?: number | null;
          "captured_amount"?: number | null;
          "created_at"?: string | null;
          "expires_at"?: string | null;
          "id"?: string | null;
          "metadata"?: Json | null;
          "placed_by"?: string | null;
          "reference"?: string | null;
          "settled_at"?: never;
          "status"?: never;
          "user_id"?: string | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      "abandon_purchase": { Args: { "p_purchase_id": string }; Returns: undefined };
      "adjust_tokens": {
        Args: {
          "p_amount": number;
          "p_idempotency_key"?: string;
          "p_kind": string;
          "p_metadata"?: Json;
          "p_reference"?: string;
          "p_session_id"?: string;
          "p_user_id": string;
        };
        Returns: {
          "debt": number;
          "held": number;
          "replayed": boolean;
          "token": number;
          "transaction_id": number;
          "updated_at": string;
        }[];
      };
      "advance_reconciliation": {
        Args: {
          "p_cursor": string;
          "p_findings"?: Json;
          "p_id": string;
          "p_next_cursor": string;
          "p_next_stage": string;
          "p_seen": number;
          "p_stage": string;
        };
        Returns: {
          "cursor": string | null;
          "events_missed": number | null;
          "events_seen": number;
          "finding_count": number | null;
          "finished_at": string | null;
          "id": string;
          "livemode": boolean;
          "payments_seen": number;
          "provider": string;
          "purchases_seen": number;
          "retries_seen": number;
          "since": string;
          "stage": string;
          "started_at": string;
          "until": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "payment_reconciliation_reports";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "apply_payment_event": {
        Args: {
          "p_amount_minor"?: number;
          "p_currency"?: string;
          "p_event_id": string;
          "p_fact": string;
          "p_livemode": boolean;
          "p_occurred_at": string;
          "p_payload": Json;
          "p_payment_id"?: string;
          "p_provider": string;
          "p_purchase_id"?: string;
          "p_reconciliation_id"?: string;
          "p_subject_id"?: string;
        };
        Returns: {
          "outcome": string;
          "review_reason": string;
        }[];
      };
      "balance_at": {
        Args: { "p_time": string; "p_user_id": string };
        Returns: {
          "debt": number;
          "held": number;
          "token": number;
        }[];
      };
      "claim_notices": {
        Args: { "p_limit": number };
        Returns: {
          "created_at": string;
          "data": Json;
          "id": string;
          "type": string;
        }[];
      };
      "create_purchase": {
        Args: {
          "p_idempotency_key"?: string;
          "p_livemode": boolean;
          "p_pack_id": string;
          "p_provider": string;
          "p_session_id"?: string;
          "p_user_id": string;
        };
        Returns: {
          "currency": string;
          "id": string;
          "price_minor": number;
          "replayed": boolean;
          "stripe_price_id": string;
          "tokens": number;
        }[];
      };
      "end_session": {
        Args: { "p_ended_id": string; "p_session_id": string; "p_user_id": string };
        Returns: undefined;
      };
      "export_portion": {
        Args: { "p_after"?: string; "p_part": string; "p_user_id": string };
        Returns: {
          "last_key": string;
          "rows": string;
        }[];
      };
      "hold_tokens": {
        Args: {
          "p_amount": number;
          "p_idempotency_key"?: string;
          "p_metadata"?: Json;
          "p_reference"?: string;
          "p_session_id"?: string;
          "p_ttl_seconds": number;
          "p_user_id": string;
        };
        Returns: {
          "amount": number;
          "captured_amount": number;
          "debt": number;
          "expires_at": string;
          "held": number;
          "id": string;
          "placed_by": string;
          "replayed": boolean;
          "status": string;
          "token": number;
        }[];
      };
      "last_entry_before": { Args: { "p_time": string; "p_user_id": string }; Returns: number };
      "list_holds": {
        Args: { "p_before_id"?: string; "p_limit": number; "p_status"?: string; "p_user_id": string };
        Returns: {
          "amount": number;
          "captured_amount": number | null;
          "created_at": string;
          "expires_at": string;
          "id": string;
          "metadata": NonNullable<Json>;
          "placed_by": string;
          "reference": string | null;
          "settled_at": string | null;
          "status": string | null;
          "user_id": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "token_hold_states";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "list_sessions": {
        Args: { "p_user_id": string };
        Returns: {
          "aal": string;
          "created_at": string;
          "id": string;
          "ip": string;
          "not_after": string;
          "refreshed_at": string;
          "user_agent": string;
        }[];
      };
      "list_transactions": {
        Args: {
          "p_after_id"?: number;
          "p_before_id"?: number;
          "p_from"?: string;
          "p_kind"?: string;
          "p_limit": number;
          "p_to"?: string;
          "p_user_id": string;
        };
        Returns: {
          "amount": number;
          "balance_after": number;
          "created_at": string;
          "debt_after": number;
          "debt_change": number;
          "held_after": number;
          "hold_id": string | null;
          "id": number;
          "idempotency_key": string | null;
          "kind": string;
          "metadata": NonNullable<Json>;
          "purchase_id": string | null;
          "reference": string | null;
          "request_hash": string | null;
          "requested_by": string;
          "reverses": number | null;
          "user_id": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "token_transactions";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "open_reconciliation": {
        Args: { "p_livemode": boolean; "p_provider": string };
        Returns: {
          "cursor": string | null;
          "events_missed": number | null;
          "events_seen": number;
          "finding_count": number | null;
          "finished_at": string | null;
          "id": string;
          "livemode": boolean;
          "payments_seen": number;
          "provider": string;
          "purchases_seen": number;
          "retries_seen": number;
          "since": string;
          "stage": string;
          "started_at": string;
          "until": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "payment_reconciliation_reports";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "open_wallet": {
        Args: { "p_user_id": string };
        Returns: {
          "debt": number;
          "held": number;
          "token": number;
          "updated_at": string;
        }[];
      };
      "record_notice_attempt": { Args: { "p_error"?: string; "p_id": string }; Returns: undefined };
      "record_sign_in": {
        Args: { "p_user_id": string };
        Returns: {
          "debt": number;
          "held": number;
          "token": number;
          "updated_at": string;
        }[];
      };
      "require_session": { Args: { "p_session_id": string; "p_user_id": string }; Returns: undefined };
      "retry_payment_event": {
        Args: { "p_provider": string };
        Returns: {
          "event_id": string;
          "outcome": string;
          "review_reason": string;
        }[];
      };
      "reverse_transaction": {
        Args: {
          "p_allow_partial"?: boolean;
          "p_idempotency_key"?: string;
          "p_metadata": Json;
          "p_transaction_id": number;
          "p_user_id": string;
        };
        Returns: {
          "amount": number;
          "debt": number;
          "held": number;
          "replayed": boolean;
          "token": number;
          "transaction_id": number;
          "updated_at": string;
        }[];
      };
      "set_low_balance_threshold": {
        Args: { "p_session_id"?: string; "p_threshold"?: number; "p_user_id": string };
        Returns: number;
      };
      "settle_hold": {
        Args: {
          "p_amount"?: number;
          "p_hold_id": string;
          "p_idempotency_key"?: string;
          "p_session_id"?: string;
          "p_status": string;
          "p_user_id": string;
        };
        Returns: {
          "amount": number;
          "captured_amount": number;
          "debt": number;
          "expires_at": string;
          "held": number;
          "id": string;
          "placed_by": string;
          "replayed": boolean;
          "status": string;
          "token": number;
        }[];
      };
      "support_adjust": {
        Args: {
          "p_amount": number;
          "p_idempotency_key": string;
          "p_reason": string;
          "p_reference"?: string;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "support_holds": {
        Args: { "p_session_id": string; "p_staff_id": string; "p_user_id": string };
        Returns: {
          "amount": number;
          "captured_amount": number | null;
          "created_at": string;
          "expires_at": string;
          "id": string;
          "metadata": NonNullable<Json>;
          "placed_by": string;
          "reference": string | null;
          "settled_at": string | null;
          "status": string;
          "user_id": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "token_holds";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "support_log_of": {
        Args: {
          "p_before"?: number;
          "p_limit": number;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id": string;
        };
        Returns: {
          "action": string;
          "created_at": string;
          "id": number;
          "reason": string;
          "staff_email": string;
          "staff_id": string;
          "subject": string;
        }[];
      };
      "support_person": {
        Args: { "p_session_id": string; "p_staff_id": string; "p_user_id": string };
        Returns: {
          "banned_until": string;
          "created_at": string;
          "debt": number;
          "email": string;
          "held": number;
          "is_staff": boolean;
          "last_sign_in_at": string;
          "token": number;
          "updated_at": string;
          "user_id": string;
        }[];
      };
      "support_purchases": {
        Args: {
          "p_before"?: string;
          "p_before_id"?: string;
          "p_limit": number;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id": string;
        };
        Returns: {
          "created_at": string;
          "currency": string;
          "events": Json;
          "granted": number;
          "id": string;
          "livemode": boolean;
          "pack_id": string;
          "payment_id": string;
          "price_minor": number;
          "provider": string;
          "refunded_minor": number;
          "status": string;
          "tokens": number;
          "updated_at": string;
        }[];
      };
      "support_reconcile": {
        Args: { "p_idempotency_key": string; "p_reason": string; "p_session_id": string; "p_staff_id": string };
        Returns: boolean;
      };
      "support_release": {
        Args: {
          "p_hold_id": string;
          "p_idempotency_key": string;
          "p_reason": string;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "support_retry": {
        Args: {
          "p_event_id": string;
          "p_idempotency_key": string;
          "p_provider": string;
          "p_reason": string;
          "p_session_id": string;
          "p_staff_id": string;
        };
        Returns: Json;
      };
      "support_reverse": {
        Args: {
          "p_allow_partial"?: boolean;
          "p_idempotency_key": string;
          "p_reason": string;
          "p_session_id": string;
          "p_staff_id": string;
          "p_transaction_id": number;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "support_search": {
        Args: {
          "p_email"?: string;
          "p_payment_id"?: string;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id"?: string;
        };
        Returns: {
          "created_at": string;
          "email": string;
          "events": Json;
          "user_id": string;
        }[];
      };
      "support_transactions": {
        Args: {
          "p_before"?: number;
          "p_limit": number;
          "p_session_id": string;
          "p_staff_id": string;
          "p_user_id": string;
        };
        Returns: {
          "amount": number;
          "balance_after": number;
          "created_at": string;
          "debt_after": number;
          "debt_change": number;
          "held_after": number;
          "hold_id": string | null;
          "id": number;
          "idempotency_key": string | null;
          "kind": string;
          "metadata": NonNullable<Json>;
          "purchase_id": string | null;
          "reference": string | null;
          "request_hash": string | null;
          "requested_by": string;
          "reverses": number | null;
          "user_id": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "token_transactions";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Insert: infer I;
  } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
    Update: infer U;
  } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "public": {
    Enums: {},
  },
} as const;
