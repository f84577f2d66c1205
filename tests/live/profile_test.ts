// Goal: the CV routes of the contract against a real database. Method: HTTP, fresh users per test.
import assert from "node:assert/strict";
import { newUser, sql, type TestUser } from "../support/stack.ts";

const cv = { name: "Ada", jobs: [{ title: "Analyst", years: [1842, 1843] }], "": null, nested: { ü: "😀" } };

Deno.test("a CV is created, read, replaced, updated and removed", async () => {
  const user = await newUser();
  assert.equal((await user.call("GET", "/profile")).status, 404);
  assert.equal((await user.call("PUT", "/profile", { body: { profile_data: cv } })).status, 404);

  const created = await user.call("POST", "/profile", { body: { profile_data: cv } });
  assert.equal(created.status, 201);
  assert.deepEqual(Object.keys(created.body), ["user_id", "profile_data", "created_at", "updated_at"]);
  assert.equal(created.body.user_id, user.id);
  assert.deepEqual(created.body.profile_data, cv);

  const read = await user.call("GET", "/profile");
  assert.deepEqual(read.body, created.body);
  assert.equal(read.headers.get("etag"), created.headers.get("etag"));

  const replaced = await user.call("POST", "/profile", { body: { profile_data: { name: "Ada L." } } });
  assert.equal(replaced.status, 200);
  assert.deepEqual(replaced.body.profile_data, { name: "Ada L." });
  assert.equal(replaced.body.created_at, created.body.created_at);
  assert.notEqual(replaced.headers.get("etag"), created.headers.get("etag"));

  const updated = await user.call("PUT", "/profile", { body: { profile_data: {} } });
  assert.equal(updated.status, 200);
  assert.deepEqual((await user.call("GET", "/profile")).body.profile_data, {});

  assert.equal((await user.call("DELETE", "/profile")).status, 204);
  assert.equal((await user.call("DELETE", "/profile")).status, 404);
  assert.equal((await user.call("GET", "/profile")).status, 404);
});

Deno.test("put with If-Match does not overwrite what somebody else wrote meanwhile", async () => {
  const user = await newUser();
  const first = await user.call("POST", "/profile", { body: { profile_data: { v: 1 } } });
  const etag = first.headers.get("etag")!;
  const put = async (v: number, if_match: string) =>
    await user.call("PUT", "/profile", { body: { profile_data: { v } }, headers: { "if-match": if_match } });
  assert.equal((await put(2, etag)).status, 200);
  const stale = await put(3, etag);
  assert.equal(stale.status, 412);
  assert.equal(stale.body.code, "precondition_failed");
  assert.deepEqual((await user.call("GET", "/profile")).body.profile_data, { v: 2 });
  assert.equal((await put(4, "*")).status, 200);
  await user.call("DELETE", "/profile");
  assert.equal((await put(5, "*")).status, 412);
});

Deno.test("of parallel puts with one ETag exactly one gets through", async () => {
  const user = await newUser();
  const { headers } = await user.call("POST", "/profile", { body: { profile_data: {} } });
  const answers = await Promise.all(
    Array.from(
      { length: 20 },
      (_, v) =>
        user.call("PUT", "/profile", { body: { profile_data: { v } }, headers: { "if-match": headers.get("etag")! } }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 412).length, 19);
});

Deno.test("get answers 304 without a body where the client has the version", async () => {
  const user = await newUser();
  const { headers } = await user.call("POST", "/profile", { body: { profile_data: cv } });
  const answer = await user.call("GET", "/profile", { headers: { "if-none-match": headers.get("etag")! } });
  assert.equal(answer.status, 304);
  assert.equal(answer.text, "");
});

Deno.test("a stale If-Match changes and removes nothing, by any method", async () => {
  const user = await newUser();
  const { headers } = await user.call("POST", "/profile", { body: { profile_data: { version: 1 } } });
  const stale = { "if-match": headers.get("etag")! };
  const second = await user.call("PUT", "/profile", { body: { profile_data: { version: 2 } }, headers: stale });
  assert.equal(second.status, 200);
  for (const [method, body] of [["GET"], ["POST", {}], ["PUT", {}], ["DELETE"]] as const) {
    const answer = await user.call(method, "/profile", {
      ...(body && { body: { profile_data: body } }),
      headers: stale,
    });
    assert.equal(answer.status, 412, method);
    assert.equal(answer.body.code, "precondition_failed");
  }
  assert.deepEqual((await user.call("GET", "/profile")).body.profile_data, { version: 2 });
  const current = { "if-match": `W/"1", ${second.headers.get("etag")}` };
  assert.equal((await user.call("POST", "/profile", { body: { profile_data: {} }, headers: current })).status, 200);
  assert.equal((await user.call("DELETE", "/profile", { headers: { "if-match": "*" } })).status, 204);
  const absent = await user.call("POST", "/profile", { body: { profile_data: {} }, headers: { "if-match": "*" } });
  assert.equal(absent.status, 412);
  assert.equal((await user.call("GET", "/profile", { headers: { "if-match": "*" } })).status, 404);
});

Deno.test("If-None-Match: * creates and never replaces, and of parallel creations exactly one gets through", async () => {
  const user = await newUser();
  const headers = { "if-none-match": "*" };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => user.call("POST", "/profile", { body: { profile_data: { n } }, headers })),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 412).length, 19);
  const { body } = await user.call("GET", "/profile");
  assert.equal(body.profile_data.n, answers.findIndex(({ status }) => status === 201));
  assert.equal((await user.call("GET", "/profile", { headers })).status, 304);
  assert.equal((await user.call("PUT", "/profile", { body: { profile_data: {} }, headers })).status, 412);
  assert.equal((await user.call("DELETE", "/profile", { headers })).status, 412);
  assert.deepEqual((await user.call("GET", "/profile")).body, body);
  await user.call("DELETE", "/profile");
  assert.equal((await user.call("PUT", "/profile", { body: { profile_data: {} }, headers })).status, 404);
  assert.equal((await user.call("DELETE", "/profile", { headers })).status, 404);
});

Deno.test("If-None-Match with a version writes unless the CV is at that version", async () => {
  const user = await newUser();
  const created = await user.call("POST", "/profile", {
    body: { profile_data: {} },
    headers: { "if-none-match": '"1"' },
  });
  assert.equal(created.status, 201);
  let etag = created.headers.get("etag")!;
  const write = (method: string, none_match: string) =>
    user.call(method, "/profile", { body: { profile_data: {} }, headers: { "if-none-match": none_match } });
  for (const method of ["POST", "PUT"]) {
    assert.equal((await write(method, `"1", W/${etag}`)).status, 412, method);
    const written = await write(method, '"1", "abc"');
    assert.equal(written.status, 200, method);
    etag = written.headers.get("etag")!;
  }
  assert.equal((await user.call("DELETE", "/profile", { headers: { "if-none-match": etag } })).status, 412);
  assert.equal((await user.call("DELETE", "/profile", { headers: { "if-none-match": '"1"' } })).status, 204);
});

Deno.test("a signed-out token, a banned user's and a deleted user's write no CV, by the function or past it", async () => {
  const endings: [string, (user: TestUser) => Promise<unknown>][] = [
    ["signed out", (user) => user.call("POST", "/auth/signout")],
    ["banned", ({ id }) => sql`update auth.users set banned_until = now() + interval '1 hour' where id = ${id}`],
    ["deleted", ({ id }) => sql`delete from auth.users where id = ${id}`],
  ];
  for (const [name, end] of endings) {
    const user = await newUser();
    await user.call("POST", "/profile", { body: { profile_data: cv } });
    await end(user);
    const body = { profile_data: {} };
    const rest = `/rest/v1/profiles?user_id=eq.${user.id}`;
    for (
      const answer of [
        await user.call("POST", "/profile", { body }),
        await user.call("PUT", "/profile", { body }),
        await user.call("DELETE", "/profile"),
        await user.call("POST", "/rest/v1/profiles", { body }),
        await user.call("PATCH", rest, { body }),
        await user.call("DELETE", rest),
      ]
    ) {
      assert.equal(answer.status, 401, `${name}: ${answer.text}`);
      assert.equal(answer.body.code.startsWith("PT") ? answer.body.message : answer.body.code, "session_ended", name);
    }
    const stored = await sql`select profile_data from profiles where user_id = ${user.id}`;
    assert.deepEqual(stored.map((row) => row.profile_data), name === "deleted" ? [] : [cv]);
  }
});

Deno.test("a CV that grows past its limits as it is stored is refused with 422, through REST by name", async () => {
  const user = await newUser();
  const nested = (depth: number) => JSON.parse('{"a":'.repeat(depth) + "1" + "}".repeat(depth));
  const deep = await user.call("POST", "/rest/v1/profiles", { body: { profile_data: nested(65) } });
  assert.match(deep.text, /profile_data_is_shallow/);
  const large = { text: "x".repeat(600_000) };
  const refused = await user.call("POST", "/rest/v1/profiles", { body: { profile_data: large } });
  assert.match(refused.text, /profile_data_is_bounded/);
  // 4 to 5 bytes each in JSON, 22 to 23 as they are stored.
  const grown = `{"profile_data":{"list":[${Array(11_000).fill("1e21").concat(Array(12_000).fill("1e-21")).join()}]}}`;
  const answer = await user.call("POST", "/profile", { body: grown });
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.body.errors[0].path, "profile_data");
});

Deno.test("users see, change and remove no CV but their own", async () => {
  const [ada, bob] = await Promise.all([newUser(), newUser()]);
  await ada.call("POST", "/profile", { body: { profile_data: { of: "ada" } } });
  assert.equal((await bob.call("GET", "/profile")).status, 404);
  assert.equal((await bob.call("PUT", "/profile", { body: { profile_data: {} } })).status, 404);
  assert.equal((await bob.call("DELETE", "/profile")).status, 404);
  const named = await bob.call("POST", "/profile", { body: { profile_data: {}, user_id: ada.id } });
  assert.equal(named.status, 422);
  assert.equal(named.body.errors[0].path, "user_id");
  assert.deepEqual((await ada.call("GET", "/profile")).body.profile_data, { of: "ada" });
});

Deno.test("a CV of 256 KiB is kept to the letter", async () => {
  const user = await newUser();
  const document = { text: 'é\\"\n\u2028'.repeat(10_000), list: Array.from({ length: 5_000 }, (_, i) => i / 7) };
  const body = JSON.stringify({ profile_data: document });
  assert.ok(new TextEncoder().encode(body).length < 256 * 1024);
  assert.equal((await user.call("POST", "/profile", { body })).status, 201);
  assert.deepEqual((await user.call("GET", "/profile")).body.profile_data, document);
});

Deno.test("odd but legal JSON survives the round trip", async () => {
  const user = await newUser();
  const document = String.raw`{"__proto__":{"a":1},"constructor":"x","1":[true,false,null,0.1,1e20,-5e-7],"deep":${
    "[".repeat(63)
  }${"]".repeat(63)}}`;
  const { status } = await user.call("POST", "/profile", { body: `{"profile_data":${document}}` });
  assert.equal(status, 201);
  const { text } = await user.call("GET", "/profile");
  assert.deepEqual(JSON.parse(text).profile_data, JSON.parse(document));
});

Deno.test("a refused document leaves the stored one as it was", async () => {
  const user = await newUser();
  await user.call("POST", "/profile", { body: { profile_data: cv } });
  for (
    const [body, status] of [
      [String.raw`{"profile_data":{"a":"\u0000"}}`, 422],
      ['{"profile_data":[]}', 422],
      ['{"profile_data":{"a":1e999}}', 422],
      ['{"profile_data":', 400],
      [JSON.stringify({ profile_data: { text: "x".repeat(256 * 1024) } }), 413],
    ] as const
  ) {
    const answer = await user.call("POST", "/profile", { body });
    assert.equal(answer.status, status, body.slice(0, 60));
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
  }
  assert.deepEqual((await user.call("GET", "/profile")).body.profile_data, cv);
});

Deno.test("a CV goes with the account", async () => {
  const user = await newUser();
  await user.call("POST", "/profile", { body: { profile_data: cv } });
  await sql`delete from auth.users where id = ${user.id}`;
  assert.equal((await sql`select from profiles where user_id = ${user.id}`).length, 0);
});
