import { parseDocument } from "yaml";
import { z } from "zod";
import { DataError, InputError } from "../../base/errors.ts";
import { isMoney, shapeNames, shapeOf } from "./shapes.ts";

/** Where a canonical column comes from: a column of the file, several joined by `-`, or the same value in every row. */
const columnSource = z.union([
  z.string().min(1),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) }),
  z.strictObject({ join: z.array(z.string().min(1)).min(1) }),
]);

export type ColumnSource = z.output<typeof columnSource>;

const mappingFile = z.strictObject({
  table: z.string(),
  /** Of amounts in rows whose currency no column states. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capital letters, as in ISO 4217")
    .nullable()
    .default(null),
  time_zone: z.string().refine(isTimeZone, "an IANA time zone such as Asia/Shanghai").nullable().default("UTC"),
  date_order: z.enum(["YMD", "DMY", "MDY", "seconds", "milliseconds"]).nullable().default("YMD"),
  decimal_separator: z.enum([".", ","]).nullable().default("."),
  /** `major`: 19.99 is nineteen dollars; `minor`: 1999 is. */
  amounts: z.enum(["major", "minor"]).default("major"),
  columns: z.record(z.string(), columnSource.nullable()),
  /** Words of the file and what longrun calls them, by canonical column. */
  values: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});

/** A mapping as its file states it; null is what nobody has decided yet. */
export type MappingFile = z.output<typeof mappingFile>;

/** A mapping with nothing left open. */
export interface TableMapping extends MappingFile {
  readonly time_zone: string;
  readonly date_order: NonNullable<MappingFile["date_order"]>;
  readonly decimal_separator: NonNullable<MappingFile["decimal_separator"]>;
  readonly columns: Readonly<Record<string, ColumnSource>>;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Reads the text of a mapping file. Throws InputError "invalid_mapping" with the line or the setting that is wrong. */
export function parseMapping(text: string, file: string): MappingFile {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw invalid(file, `line ${error.linePos?.[0].line ?? 1}`, error.code);
  return checkMappingFile(document.toJS() as unknown, file);
}

/** Checks a mapping's settings and column names. Throws InputError "invalid_mapping". */
export function checkMappingFile(input: unknown, file: string): MappingFile {
  const parsed = mappingFile.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, issue.path.join(".") || "the file", issue.message);
  }
  const mapping = parsed.data;
  const shape = shapeOf(mapping.table);
  if (!shape) throw invalid(file, "table", `“${mapping.table}” is none of ${shapeNames.join(", ")}`);
  const strange = [...Object.keys(mapping.columns), ...Object.keys(mapping.values)].find(
    (name) => !(name in shape.columns),
  );
  if (strange !== undefined)
    throw invalid(file, `columns.${strange}`, `${mapping.table} has ${Object.keys(shape.columns).join(", ")}`);
  return mapping;
}

function invalid(file: string, option: string, problem: string): InputError {
  return new InputError("invalid_mapping", { file, option, problem });
}

/** What a mapping still leaves undecided: settings its columns need, and columns without which no row can be kept. */
export function openPlaces(mapping: MappingFile): string[] {
  const shape = shapeOf(mapping.table)!;
  const mapped = (name: string) => mapping.columns[name] != null;
  const types = Object.keys(mapping.columns).map((name) => shape.columns[name].type);
  const hasMoney = shape.columns["currency"]?.required || Object.keys(mapping.columns).some(isMoney);
  const isDated = types.some((type) => type === "timestamp" || type === "date");
  const isNumeric = types.some((type) => type === "integer" || type === "double");
  return [
    ...shape.needed.filter((names) => !names.some(mapped)).map((names) => names.join(" / ")),
    ...(hasMoney && !mapped("currency") && mapping.currency === null ? ["currency"] : []),
    ...(isDated && mapping.date_order === null ? ["date_order"] : []),
    ...(isDated && mapping.time_zone === null ? ["time_zone"] : []),
    ...(isNumeric && mapping.decimal_separator === null ? ["decimal_separator"] : []),
  ];
}

/**
 * The mapping, once nothing needed is open and the file has every column it names.
 * Throws DataError "mapping_incomplete" or "mapping_column_missing"; `path` is the table, `file` the mapping.
 */
export function completeMapping(
  mapping: MappingFile,
  header: readonly string[],
  { path, file }: { path: string; file: string },
): TableMapping {
  const missing = openPlaces(mapping);
  if (missing.length > 0) throw new DataError("mapping_incomplete", { path, file, missing });
  const columns = Object.fromEntries(Object.entries(mapping.columns).filter(([, source]) => source !== null));
  const absent = Object.values(columns)
    .flatMap((source) => sourceColumns(source!))
    .filter((name) => !header.includes(name));
  if (absent.length > 0)
    throw new DataError("mapping_column_missing", { path, file, missing: absent, found: header.slice(0, 30) });
  return {
    ...mapping,
    time_zone: mapping.time_zone ?? "UTC",
    date_order: mapping.date_order ?? "YMD",
    decimal_separator: mapping.decimal_separator ?? ".",
    columns: columns as Record<string, ColumnSource>,
  };
}

/** The file's columns that a canonical column is made of. */
export function sourceColumns(source: ColumnSource): readonly string[] {
  if (typeof source === "string") return [source];
  return "join" in source ? source.join : [];
}
