import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EngineError, InputError } from "../base/errors.ts";

/** A file the project has been given. The key makes loading the same file again replace, not add. */
export interface RegisteredSource {
  readonly sourceId: string;
  readonly path: string;
  readonly preset?: string;
  /** How to read it where no preset does, and the file that said so. */
  readonly mapping?: unknown;
  readonly mappingFile?: string;
  /** Of its content, decompressed. */
  readonly sha256: string;
}

/**
 * A folder with everything longrun knows about one shop: `.longrun/` holds the key for contact hashes (mode 0600), the list
 * of sources, one folder per stage, and a lock while a command works in it.
 */
export class Project {
  readonly directory: string;
  readonly state: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
    this.state = join(this.directory, ".longrun");
  }

  get exists(): boolean {
    return existsSync(join(this.state, "sources.json"));
  }

  /** Creates the folder's state if there is none; returns what takes it away again. Throws InputError "folder_not_writable". */
  create(): () => void {
    const made: string[] = [];
    try {
      const top = makeFolder(this.state);
      if (top !== undefined) made.push(top);
      accessSync(this.state, constants.W_OK);
      const key = join(this.state, "key");
      if (!existsSync(key)) {
        // The one number that must differ between projects and is never shown.
        writeFileSync(key, randomBytes(32), { mode: 0o600 });
        made.push(key);
      }
      if (!this.exists) {
        this.saveSources([]);
        made.push(join(this.state, "sources.json"));
      }
    } catch (cause) {
      throw new InputError("folder_not_writable", { path: this.directory }, { cause });
    }
    return () => {
      for (const path of made) rmSync(path, { recursive: true, force: true });
    };
  }

  requireExisting(): void {
    if (!this.exists) throw new InputError("not_a_project", { path: this.directory });
  }

  get key(): Buffer {
    return readFileSync(join(this.state, "key"));
  }

  get artifacts(): string {
    return join(this.state, "stages");
  }

  get temporary(): string {
    return join(this.state, "tmp");
  }

  sources(): RegisteredSource[] {
    return JSON.parse(readFileSync(join(this.state, "sources.json"), "utf8")) as RegisteredSource[];
  }

  saveSources(sources: readonly RegisteredSource[]): void {
    replaceFile(join(this.state, "sources.json"), `${JSON.stringify(sources, null, 1)}\n`);
  }

  /** Holds the project for one process while `work` runs. Throws EngineError "project_locked". */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    const path = join(this.state, "lock");
    this.#acquire(path);
    try {
      return await work();
    } finally {
      rmSync(path, { force: true });
      rmSync(this.temporary, { recursive: true, force: true });
    }
  }

  #acquire(path: string): void {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const file = openSync(path, "wx");
        writeSync(file, String(process.pid));
        closeSync(file);
        return;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") {
          throw new InputError("folder_not_writable", { path: dirname(path) }, { cause });
        }
        const holder = Number(readFileSync(path, "utf8"));
        if (holder === 0 || isRunning(holder))
          throw new EngineError("project_locked", { path: this.directory, process: holder });
        rmSync(path, { force: true }); // left by a process that was killed
      }
    }
  }
}

/**
 * Parents first, one at a time: Node's own recursive mkdir never returns where a folder cannot be made and the system answers
 * ENOENT for it, as /proc does.
 */
function makeFolder(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  const top = makeFolder(dirname(path));
  mkdirSync(path);
  return top ?? path;
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes a file so that a crash leaves the old one or the new one. */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
