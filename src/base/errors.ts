/**
 * Every failure longrun foresees is one of these; anything else is a bug and crashes with its stack.
 * Ask who can fix it: the caller (InputError), the data's owner (DataError), the modeller (ModelError),
 * the operator (EngineError). The sentence shown to people is made from `code` and `details` by the message
 * catalogue (`src/language`), so that every language says the same thing.
 */
export type ErrorKind = "input" | "data" | "model" | "engine";

/** The one table from which the command line and the server take their codes. */
export const exitCodes = { ok: 0, input: 2, data: 3, model: 4, engine: 5, interrupted: 130, bug: 70 } as const;

export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export class LongrunError extends Error {
  readonly kind: ErrorKind;
  /** From the closed list in `src/language/errors.ts`. */
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, code: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "LongrunError";
    this.kind = kind;
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** The caller asked for something that cannot be: an unknown option, a negative budget. Exit code 2. */
export class InputError extends LongrunError {
  constructor(code: string, details?: ErrorDetails, options?: { cause?: unknown }) {
    super("input", code, details, options);
    this.name = "InputError";
  }
}

/** The data cannot be used as they are: a missing column, no customers. Exit code 3. */
export class DataError extends LongrunError {
  constructor(code: string, details?: ErrorDetails, options?: { cause?: unknown }) {
    super("data", code, details, options);
    this.name = "DataError";
  }
}

/** Not enough data for this model, or no convergence. Exit code 4. */
export class ModelError extends LongrunError {
  constructor(code: string, details?: ErrorDetails, options?: { cause?: unknown }) {
    super("model", code, details, options);
    this.name = "ModelError";
  }
}

/** The machine or the data engine failed: a full disk, a locked folder. Exit code 5. */
export class EngineError extends LongrunError {
  constructor(code: string, details?: ErrorDetails, options?: { cause?: unknown }) {
    super("engine", code, details, options);
    this.name = "EngineError";
  }
}
