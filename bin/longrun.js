#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
if (!existsSync(entry)) {
  process.stderr.write("longrun is not built yet: run `npm ci && npm run build` first.\n");
  process.exit(5);
}
const { main } = await import(entry);
process.exitCode = await main(process.argv.slice(2));
