// What Deno's own server does, with nothing on it.
export default { fetch: () => Response.json({ status: "ok" }) };
