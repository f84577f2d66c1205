/** What several routes of docs/openapi.json say alike. */

export const on_behalf = "A server names the account as `user_id`; a user acts on their own and names none.";

export const user_id = "01a20e0b-6d4c-4f7e-9d1a-3f2b8c5e7a10";
export const session_id = "0c5f2a5e-7a5b-4f0e-8c3d-5d1f6a7b8c9d";
export const hold_id = "6b8d9bec-b88d-4341-a084-8e2899fd1021";
export const purchase_id = "f58defee-fd46-4596-aa73-f46c1b366706";
export const time = "2026-11-24T14:52:39.527+00:00";

export const person = { email: "ada@example.com", password: "correct horse battery" };

export const session = {
  access_token: "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.…",
  refresh_token: "v1.MZb2k9",
  token_type: "bearer",
  expires_in: 3_600,
  expires_at: 1_795_535_559,
  user: { id: user_id, email: person.email },
  token: 45,
};

export const balance = { token: 45, held: 20, debt: 0, updated_at: time };

export const decision = { user_id, reason: "The export failed and was charged", actor: "grace@support" };
