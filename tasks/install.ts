/**
 * Installs what the other tasks import, before each of them. Of what Deno would print of a first time, a line for each
 * package, it leaves one line. Hence "nodeModulesDir": "manual", and no import of a package here.
 */
const grace_ms = 500;

const timer = setTimeout(
  () => console.log("Installing packages (once, about 240 MB) …"),
  grace_ms,
);
const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["install", "--quiet"],
  stdin: "null",
  stdout: "null",
}).output();
clearTimeout(timer);
if (!success) {
  console.error(`The packages could not be installed:\n${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}
