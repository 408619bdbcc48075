// `npm run demo`: installs and builds what is missing, then runs the demo of the checkout.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const root = new URL("..", import.meta.url);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

function step(command, ...given) {
  const { status } = spawnSync(command, given, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(new URL("node_modules/@duckdb", root))) step(npm, "ci", "--no-audit", "--no-fund");
if (!existsSync(new URL("dist/cli/main.js", root))) step(npm, "run", "--silent", "build");
const { status } = spawnSync(process.execPath, ["bin/longrun.js", "demo", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
