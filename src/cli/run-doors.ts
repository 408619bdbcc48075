import type { PasswordDoor } from "../ingest/readers/index.ts";
import type { RunDoors } from "../pipeline.ts";
import type { CommandContext } from "./options.ts";
import { Passwords } from "./passwords.ts";

/** What a run needs of the command line it was started from. */
export function runDoors(context: CommandContext, password: PasswordDoor = new Passwords(context).of): RunDoors {
  const { clock, signal, terminal } = context;
  return {
    clock,
    signal,
    progress: terminal.progress.bind(terminal),
    finished: terminal.finished.bind(terminal),
    password,
  };
}
