import { sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Where a worker's code is. Node 20 cannot load TypeScript in a worker, so code that itself runs from `src/` (under the
 * test runner) starts the built file of the same name in `dist/`.
 */
export function workerEntry(callerUrl: string, specifier: string): URL {
  const built = !fileURLToPath(callerUrl).endsWith(".ts");
  if (built) return new URL(`${specifier}.js`, callerUrl);
  const source = fileURLToPath(new URL(`${specifier}.js`, callerUrl));
  const root = source.lastIndexOf(`${sep}src${sep}`);
  return pathToFileURL(`${source.slice(0, root)}${sep}dist${sep}${source.slice(root + 5)}`);
}
