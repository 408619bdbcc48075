import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const versions = "/usr/lib/postgresql";

/** Debian's server programs, or why there are none to test with. */
function findPrograms(): { directory: string } | { missing: string } {
  const [newest] = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  const directory = join(versions, newest ?? "", "bin");
  if (newest === undefined || !existsSync(join(directory, "initdb"))) return { missing: `no initdb under ${versions}` };
  if (process.getuid?.() === 0 && owner() === undefined)
    return { missing: "root may not run PostgreSQL, and there is no user postgres" };
  return { directory };
}

/** The server refuses to run as root; a test that does runs it as the user postgres. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout.trim(),
  );
  return uid === "" ? undefined : { uid: Number(uid), gid: Number(gid) };
}

const programs = findPrograms();
export const missingPostgres = "missing" in programs ? programs.missing : undefined;

/** A PostgreSQL of its own in a temporary folder, on a free port; user shop, password secret, database shop. */
export class PostgresServer {
  readonly port: number;
  readonly #directory: string;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.port = port;
  }

  static async start(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), "longrun-postgres-"));
    const password = join(directory, "password");
    writeFileSync(password, "secret\n");
    chmodSync(directory, 0o700);
    const user = owner();
    if (user) for (const path of [directory, password]) chownSync(path, user.uid, user.gid);
    const server = new PostgresServer(directory, await freePort());
    server.#run(
      "initdb",
      "-D",
      join(directory, "data"),
      "-U",
      "shop",
      "--pwfile",
      password,
      "-A",
      "scram-sha-256",
      "-E",
      "UTF8",
      "--no-sync",
    );
    server.restart();
    server.sql("CREATE DATABASE shop", "postgres");
    return server;
  }

  url(rest: string, { password = "secret" } = {}): string {
    return `postgres://shop${password === "" ? "" : `:${password}`}@127.0.0.1:${this.port}/shop?${rest}`;
  }

  sql(text: string, database = "shop"): void {
    this.#run(
      "psql",
      "-q",
      "-v",
      "ON_ERROR_STOP=1",
      "-h",
      "127.0.0.1",
      "-p",
      String(this.port),
      "-U",
      "shop",
      "-d",
      database,
      "-c",
      text,
    );
  }

  restart(): void {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`;
    this.#control("start", "-o", options, "-l", join(this.#directory, "log"));
  }

  /** Goes away as a machine does that loses power. */
  stop(): void {
    this.#control("stop", "-m", "immediate");
  }

  #control(action: string, ...given: string[]): void {
    this.#run("pg_ctl", action, "-w", "-D", join(this.#directory, "data"), ...given);
  }

  #run(program: string, ...given: string[]): void {
    const { directory } = programs as { directory: string };
    const env = { PATH: process.env.PATH, LANG: "C.UTF-8", PGPASSWORD: "secret" };
    execFileSync(join(directory, program), given, {
      ...owner(),
      env,
      cwd: this.#directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
