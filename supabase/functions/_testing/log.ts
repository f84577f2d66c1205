/** Makes a request, and takes what it logs line by line and as a text. */
export async function logged(request: () => Response | Promise<Response>) {
  const { log, error } = console;
  const printed: string[] = [];
  console.log = console.error = (line: string) => printed.push(line);
  try {
    const response = await request();
    return { response, lines: printed.map((line) => JSON.parse(line)), text: printed.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}
