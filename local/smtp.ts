/** A mail server for an Auth of one's own: takes every mail, and sends none on. */

/** A mail as it came: its receivers, and its source (RFC 5322). */
export interface Delivery {
  to: string[];
  source: string;
}

/** Listens on a loopback port until it is disposed of, and hands over each mail (RFC 5321, without extensions). */
export function startMailServer(port: number, deliver: (delivery: Delivery) => Promise<void>): AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const connections = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      converse(connection, deliver).catch(() => {}).finally(() => {
        connections.delete(connection);
        closeQuietly(connection);
      });
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) closeQuietly(connection);
      await serving;
    },
  };
}

async function converse(connection: Deno.Conn, deliver: (delivery: Delivery) => Promise<void>): Promise<void> {
  const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
  const lines = readLines(connection);
  let to: string[] = [];
  await say("220 tally");
  for await (const line of lines) {
    const [command = ""] = line.toUpperCase().split(/[ :]/);
    if (command === "DATA") {
      await say("354 go on");
      const source: string[] = [];
      for await (const line of lines) {
        if (line === ".") break;
        source.push(line.replace(/^\.\./, "."));
      }
      await deliver({ to, source: source.join("\r\n") });
      to = [];
      await say("250 taken");
    } else if (command === "QUIT") {
      await say("221 bye");
      return;
    } else {
      if (command === "MAIL" || command === "RSET") to = [];
      if (command === "RCPT") to.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
      await say(["HELO", "EHLO", "MAIL", "RCPT", "RSET", "NOOP"].includes(command) ? "250 ok" : "502 not here");
    }
  }
}

/** The lines of a connection, without their ends. Goes on where an earlier loop left off. */
function readLines(connection: Deno.Conn): AsyncIterableIterator<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(4_096);
  let text = "";
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (!text.includes("\r\n")) {
        const length = await connection.read(chunk);
        if (length === null) return { done: true, value: undefined };
        text += decoder.decode(chunk.subarray(0, length), { stream: true });
      }
      const end = text.indexOf("\r\n");
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      return { done: false, value: line };
    },
  };
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // The other side was faster.
  }
}
