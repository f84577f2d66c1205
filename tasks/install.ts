/**
 * Installs the packages that the other tasks import; each task runs this first. It prints one line where Deno would print
 * one for each package. That is why "nodeModulesDir" is "manual", and why this file imports no package.
 */
const grace_ms = 500;

const timer = setTimeout(
  () => console.log("Installing packages (once, about 240 MB) …"),
  grace_ms,
);
const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["install", "--quiet"],
  // Also the authorities that the machine trusts: a company's own, for one.
  env: { DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system" },
  stdin: "null",
  stdout: "null",
}).output();
clearTimeout(timer);
if (!success) {
  console.error(`The packages could not be installed:\n${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}
