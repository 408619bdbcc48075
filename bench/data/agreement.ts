import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckdb, textLiteral } from "../../src/engine/duckdb/engine.ts";
import { features } from "../../src/features/catalogue.ts";

/**
 * The features in which two catalogues do not say the same: a row that only one of them has, a value that only one of
 * them misses (NaN is missing), or values further apart than 1e-9 of 1 or of the value, whichever is more.
 */
export async function disagreeingColumns(ours: string, theirs: string) {
  const engine = await openDuckdb({ temporaryDirectory: join(tmpdir(), "longrun-bench-agreement") });
  const value = (side: string, name: string) => `nullif(CAST(${side}."${name}" AS DOUBLE), 'nan'::DOUBLE)`;
  const differs = features.map(({ name }) => {
    const [a, b] = [value("a", name), value("b", name)];
    const near = `abs(${a} - ${b}) <= 1e-9 * greatest(1, abs(${a}))`;
    return `count(*) FILTER (WHERE NOT coalesce(${near}, ${a} IS NULL AND ${b} IS NULL)) AS "${name}"`;
  });
  const [counted] = await engine.rows(
    `SELECT count(*) FILTER (WHERE a.customer_id IS NULL OR b.customer_id IS NULL) AS "customer_id", ${differs.join(", ")}
     FROM read_parquet(${textLiteral(ours)}) AS a FULL JOIN read_parquet(${textLiteral(theirs)}) AS b USING (customer_id)`,
  );
  await engine.close();
  const disagreeing = Object.keys(counted).filter((name) => Number(counted[name]) > 0);
  return { compared: features.length, disagreeing };
}
