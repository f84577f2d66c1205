// Stands in for Auth and the database and answers at once, so that what is measured is the function alone. It keeps a
// balance for those that read it, then write it.
const wallets = new Map();
const first_balance = 1_000_000_000;
const updated_at = "2026-11-25T12:00:00.123456+00:00";
const adjustment = JSON.stringify({ transaction_id: 7, token: 40, held: 0, debt: 0, updated_at, replayed: false });
const balance = JSON.stringify({ token: 40, held: 0, debt: 0, updated_at });

export default {
  async fetch(request) {
    const { url, method } = request;
    const start = url.indexOf("/", 8);
    const path = url.slice(start);
    if (path.startsWith("/rest/v1/rpc/adjust_tokens")) {
      await request.arrayBuffer();
      return rows(request, adjustment);
    }
    if (path.startsWith("/rest/v1/token_balances")) return rows(request, balance);
    if (path.startsWith("/auth/v1/user")) {
      const [, payload] = request.headers.get("authorization").split(".");
      const { sub, email } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
      return Response.json({ id: sub, aud: "authenticated", role: "authenticated", email });
    }
    if (path.startsWith("/rest/v1/user_tokens")) {
      const [, user_id] = /user_id=eq\.([^&]*)/.exec(path);
      if (method === "GET") return rows(request, JSON.stringify({ token: wallets.get(user_id) ?? first_balance }));
      wallets.set(user_id, (await request.json()).token);
      return new Response(null, { status: 204 });
    }
    return Response.json([]);
  },
};

// PostgREST answers one object, or a list, as it is asked for.
function rows(request, row) {
  return request.headers.get("accept")?.startsWith("application/vnd.pgrst.object")
    ? new Response(row, { headers: { "content-type": "application/vnd.pgrst.object+json; charset=utf-8" } })
    : new Response(`[${row}]`, { headers: { "content-type": "application/json; charset=utf-8" } });
}
