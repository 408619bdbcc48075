import { DataError, LongrunError } from "../../base/errors.ts";
import { quote } from "../../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../../engine/duckdb/engine.ts";
import { distinctNames, type OpenedSource, type ReaderContext } from "./reader.ts";

/** A Parquet file: nested columns become JSON text, times the engine's own text (UTC where they are instants). */
export async function openParquet(path: string, { engine }: ReaderContext): Promise<OpenedSource> {
  const file = textLiteral(path);
  return asDamage(path, async () => {
    const [{ num_rows }] = await engine.rows(`SELECT num_rows FROM parquet_file_metadata(${file})`);
    const columns = await engine.rows(`DESCRIBE SELECT * FROM read_parquet(${file})`);
    const header = distinctNames(columns.map(({ column_name }) => String(column_name)));
    if (Number(num_rows) === 0) throw new DataError("header_only", { path, columns: header });
    const selected = columns.map(
      ({ column_name, column_type }, at) =>
        `${asText(String(column_name), String(column_type))} AS ${quote(header[at])}`,
    );
    return {
      format: "parquet",
      header,
      records: Number(num_rows),
      skippedLines: 0,
      load: () => asDamage(path, () => load(engine, file, selected)),
    };
  });
}

async function load(engine: DuckdbEngine, file: string, selected: readonly string[]): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT ${selected.join(", ")}, source.file_row_number + 1 AS line
     FROM read_parquet(${file}, file_row_number = true) AS source`,
  );
  await engine.statement("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT)");
}

function asText(name: string, type: string): string {
  const column = `source.${quote(name)}`;
  if (/^(STRUCT|MAP|UNION)\(|\]$/.test(type)) return `CAST(to_json(${column}) AS VARCHAR)`;
  // Older writers store text as bytes without saying that it is text.
  if (type === "BLOB") return `coalesce(TRY(decode(${column})), CAST(${column} AS VARCHAR))`;
  return `CAST(${column} AS VARCHAR)`;
}

/** What the engine cannot read in a file is the file's fault, not the engine's. */
async function asDamage<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof LongrunError) throw cause;
    const [problem] = String((cause as Error).message).split("\n", 1);
    throw new DataError("damaged_file", { path, problem }, { cause });
  }
}
