import * as profile from "../../supabase/functions/profile/schema.ts";
import { time, user_id } from "./examples.ts";
import type { Operation } from "./operation.ts";

const profile_data = { name: "Ada Lovelace", skills: ["analysis"] };
const stored = { user_id, profile_data, created_at: time, updated_at: time };
const answer = (description: string) => ({ description, schema: profile.Profile, example: stored });

export const profile_operations: Operation[] = [
  {
    method: "GET",
    path: "/profile",
    name: "read",
    summary: "Read the caller's CV",
    description: "Its version is the `ETag`. 304 where `If-None-Match` names that version.",
    who: "user",
    conditions: ["If-Match", "If-None-Match"],
    answers: {
      200: answer("The CV"),
      304: { description: "The CV has not changed", schema: null },
    },
    problems: ["profile_not_found", "precondition_failed", "validation_failed"],
  },
  {
    method: "POST",
    path: "/profile",
    name: "save",
    summary: "Create or replace the caller's CV",
    who: "user",
    conditions: ["If-Match", "If-None-Match"],
    body: profile.SaveProfile,
    example: { profile_data },
    answers: { 201: answer("The CV was created"), 200: answer("The CV was replaced") },
    problems: ["precondition_failed"],
  },
  {
    method: "PUT",
    path: "/profile",
    name: "update",
    summary: "Replace the caller's CV where there is one",
    description: "With `If-Match`, only while the stored version is one of those named.",
    who: "user",
    conditions: ["If-Match", "If-None-Match"],
    body: profile.SaveProfile,
    example: { profile_data },
    answers: { 200: answer("The CV was replaced") },
    problems: ["profile_not_found", "precondition_failed"],
  },
  {
    method: "DELETE",
    path: "/profile",
    name: "remove",
    summary: "Remove the caller's CV",
    who: "user",
    conditions: ["If-Match", "If-None-Match"],
    answers: { 204: { description: "The CV is gone", schema: null } },
    problems: ["profile_not_found", "precondition_failed", "validation_failed"],
  },
];
