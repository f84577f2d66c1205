// Goal: whoever reads docs/api.md knows every route. Method: the page against the apps, and both against the proofs.
import assert from "node:assert/strict";
import { anyone, server, staff, user, userOrServer } from "../../supabase/functions/_shared/caller.ts";
import { problems } from "../../supabase/functions/_shared/problem.ts";
import { operations } from "../../tasks/openapi/document.ts";
import { problemsOf } from "../../tasks/openapi/operation.ts";
import { routes as proven } from "../proofs/routes.ts";
import { apps, settings_readers } from "./apps.ts";
import { domains, quoted, read, section, tableRows } from "./pages.ts";

/** What the page calls the callers that a guard lets through. */
const guards = new Map<unknown, string[]>([
  [anyone, ["anyone", "a provider"]],
  [user, ["user"]],
  [userOrServer, ["user, server"]],
  [server, ["server"]],
  [staff, ["staff"]],
]);

/** The handlers of each route of the apps, in their order: `POST /tokens/add` → [guard, handler]. */
const handlers = new Map<string, unknown[]>();
for (const { method, path, handler } of Object.values(apps).flatMap((app) => app.routes)) {
  if (method === "ALL") continue; // what createApp puts before every route
  const route = `${method} ${path.replace(/(?<=.)\/$/, "")}`;
  handlers.set(route, [...handlers.get(route) ?? [], handler]);
}

const documented = Object.keys(apps).flatMap((name) =>
  tableRows(section("docs/api.md", name)).filter(([route]) => /^`[A-Z]+ \//.test(route!)).map((
    [route, who, answers, refusals],
  ) => ({
    route: quoted(route!)[0]!.replaceAll(/\{(\w+)\}/g, ":$1"),
    who: who!,
    success: [...answers!.matchAll(/\b([23]\d\d)\b/g)].map(([status]) => Number(status)),
    refusals: quoted(refusals!),
  }))
);
// One sentence stands for these.
const health = Object.keys(apps).map((name) => `GET /${name}/health`);

Deno.test("every function that is deployed is held to the pages", () => {
  assert.deepEqual(Object.keys(apps), domains);
  assert.deepEqual(Object.keys(settings_readers), domains);
});

Deno.test("every route begins with one guard, and has no other", () => {
  for (const [route, list] of handlers) {
    assert.ok(guards.has(list[0]), `${route} declares no caller`);
    assert.equal(list.filter((handler) => guards.has(handler)).length, 1, `${route} declares two callers`);
  }
});

Deno.test("docs/api.md lists the routes of the apps, and no others", () => {
  assert.match(read("docs/api.md"), /`GET \/<function>\/health`/);
  assert.deepEqual([...documented.map(({ route }) => route), ...health].sort(), [...handlers.keys()].sort());
});

Deno.test("the proofs know the routes of the apps, and no others", () => {
  assert.deepEqual(proven.map(({ method, path }) => `${method} ${path}`).sort(), [...handlers.keys()].sort());
});

Deno.test("docs/api.md says of each route who may call it", () => {
  for (const { route, who } of documented) {
    assert.ok(guards.get(handlers.get(route)?.[0])?.includes(who), `${route} is for ${who}, says the page`);
  }
});

Deno.test("docs/api.md says with which status each route succeeds", () => {
  const statuses = new Map(
    proven.map(({ method, path, answers }) => [`${method} ${path}`, Object.keys(answers).map(Number).sort()]),
  );
  for (const { route, success } of documented) assert.deepEqual(success.sort(), statuses.get(route), route);
});

Deno.test("docs/api.md says of each route what it may be refused with, and names every problem code", () => {
  const [, of_any_route = ""] = /Any route can also answer ([^]*?)\n\n/.exec(read("docs/api.md")) ?? [];
  const shared = quoted(of_any_route);
  // docs/openapi.json says the same of each route, and every answer that a test gets is held to that.
  const own = new Map(operations.map((operation) => [
    `${operation.method} ${operation.path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    [...problemsOf(operation)].filter((code) => !shared.includes(code)).sort(),
  ]));
  for (const { route, refusals } of documented) assert.deepEqual(refusals.toSorted(), own.get(route), route);
  const named = [...documented.flatMap(({ refusals }) => refusals), ...shared];
  assert.deepEqual([...new Set(named)].sort(), Object.keys(problems).sort());
});
