/** Every route of the API document with its shapes, for those who draw requests and judge answers. */
import type * as z from "zod";
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

export const routes: Route[] = operations.map(({ method, path, query, body, answers }) => ({
  method,
  path: path.replaceAll(/\{(\w+)\}/g, ":$1"),
  ...(query !== undefined && { query }),
  ...(body !== undefined && { body }),
  answers: Object.fromEntries(Object.entries(answers).map(([status, { schema }]) => [status, schema])),
}));
