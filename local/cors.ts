const methods = "GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS, TRACE, CONNECT";

/** Answers a CORS preflight as the platform's gateway does: every origin may call, with every header it asks for. */
export function answerPreflight(request: Request): Response | undefined {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
  const asked = request.headers.get("access-control-request-headers");
  return openToBrowsers(
    new Response(null, {
      status: 200,
      headers: {
        "access-control-allow-methods": methods,
        "access-control-max-age": "3600",
        vary: "access-control-request-headers",
        ...(asked !== null && { "access-control-allow-headers": asked }),
      },
    }),
  );
}

/** Allows pages of every origin to read an answer, unless the answer already names the allowed origins. */
export function openToBrowsers(response: Response): Response {
  if (response.headers.has("access-control-allow-origin")) return response;
  const headers = new Headers(response.headers);
  headers.set("access-control-allow-origin", "*");
  return new Response(response.body, { status: response.status, headers });
}
