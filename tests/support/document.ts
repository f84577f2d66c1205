/** Holds the answers that tests get to docs/openapi.json: an answer that is not described fails the test that got it. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormatsModule, { type FormatsPlugin } from "ajv-formats";
import { join } from "node:path";

interface Operation {
  method: string;
  pattern: RegExp;
  // deno-lint-ignore no-explicit-any
  responses: Record<string, any>;
  pointer: string;
}

const file = join(import.meta.dirname!, "../../docs/openapi.json");
const document = JSON.parse(Deno.readTextFileSync(file));
// What a keyword of the document that is not JSON Schema's own means is nobody's business here.
const ajv = new Ajv2020({ strict: false });
(addFormatsModule as unknown as FormatsPlugin)(ajv);
ajv.addSchema(document, "document");

const operations: Operation[] = Object.entries(document.paths as Record<string, Record<string, Operation>>)
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      responses,
      pointer: `document#/paths/${
        path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll(/[{}]/g, encodeURI)
      }/${method}`,
    }))
  );
const validators = new Map<string, ValidateFunction>();

export interface AnswerOfFunction {
  status: number;
  media_type: string;
  body: unknown;
}

/** Throws unless the document describes an answer: its status, its shape, and the code of a refusal. */
export function requireDocumented(method: string, path: string, { status, media_type, body }: AnswerOfFunction): void {
  const pathname = path.split("?")[0]!.replace(/(?<=.)\/$/, "");
  const operation = operations.find((operation) => operation.method === method && operation.pattern.test(pathname));
  // What is not routed answers 404 or 405, and is in no document.
  if (operation === undefined) return;
  const what = `${method} ${pathname} answered ${status}`;
  const response = operation.responses[status];
  if (response === undefined) {
    throw new Error(`${what}, which docs/openapi.json does not know: ${JSON.stringify(body)}`);
  }
  if (body === undefined) return;
  if (response.content?.[media_type] === undefined) {
    throw new Error(`${what} as ${media_type}, which is not documented`);
  }

  const pointer = `${operation.pointer}/responses/${status}/content/${media_type.replaceAll("/", "~1")}/schema`;
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: pointer });
  validators.set(pointer, validate);
  if (!validate(body)) throw new Error(`${what}, not as documented: ${ajv.errorsText(validate.errors)}`);
  const code = (body as { code?: string }).code;
  if (response["x-codes"]?.includes(code) === false) throw new Error(`${what} ${code}, which is not documented there`);
}
