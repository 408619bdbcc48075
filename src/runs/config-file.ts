import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { ConfigInput } from "./config.ts";
import { replaceFile } from "./project.ts";

/** Around the settings in the file: nothing in JSON, `export default …;` in TypeScript or JavaScript. */
interface Frame {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * A way to change the project's configuration file, or to begin it. Only files that hold nothing but plain JSON settings, as
 * `longrun init` writes them, are changed: comments and code are their author's. Throws InputError config_not_editable.
 */
export function configFileWriter(
  projectDirectory: string,
  file: string | undefined,
  settings: string,
): (config: ConfigInput) => string {
  const frame = file === undefined ? exported(join(projectDirectory, "longrun.config.ts")) : frameOf(file, settings);
  return (config) => {
    replaceFile(frame.path, `${frame.before}${JSON.stringify(config, null, 2)}${frame.after}`);
    return frame.path;
  };
}

const exported = (path: string): Frame => ({ path, before: "export default ", after: ";\n" });

function frameOf(path: string, settings: string): Frame {
  if (extname(path) === ".json") return { path, before: "", after: "\n" };
  const [, body] = /^\s*export default (\{[\s\S]*\});?\s*$/.exec(readFileSync(path, "utf8")) ?? [];
  try {
    JSON.parse(body ?? "");
  } catch (cause) {
    throw new InputError("config_not_editable", { path: basename(path), settings }, { cause });
  }
  return exported(path);
}
