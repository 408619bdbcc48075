import type { ColumnType } from "../../schema/columns.ts";
import { Expression, type Node, type Ordering } from "../sql/expression.ts";
import type { JoinKind, Query, Relation } from "../sql/query.ts";

/** Turns a query tree into DuckDB's SQL. */
export function emitQuery(query: Query): string {
  const { parts, selection } = query;
  const columns = Object.entries(selection).map(([name, { node }]) => `${emit(node)} AS ${quote(name)}`);
  const clauses = [`SELECT ${parts.distinct ? "DISTINCT " : ""}${columns.join(", ")}`];
  if (parts.from) clauses.push(`FROM ${emitRelation(parts.from)}`);
  for (const { kind, relation, on } of parts.joins) {
    clauses.push(`${joinWords[kind]} ${emitRelation(relation)}${on ? ` ON ${emit(on)}` : ""}`);
  }
  if (parts.where.length > 0) clauses.push(`WHERE ${parts.where.map(emit).join(" AND ")}`);
  if (parts.groupBy.length > 0) clauses.push(`GROUP BY ${parts.groupBy.map(emit).join(", ")}`);
  const union = parts.unions.map((other) => `UNION ALL (${emitQuery(other)})`);
  if (union.length > 0) {
    clauses.unshift("SELECT * FROM (");
    clauses.push(...union, ") AS combined");
  }
  if (parts.orderBy.length > 0) clauses.push(emitOrdering(parts.orderBy));
  if (parts.limit !== undefined) clauses.push(`LIMIT ${parts.limit}`);
  return clauses.join(" ");
}

const joinWords: Record<JoinKind, string> = {
  inner: "JOIN",
  left: "LEFT JOIN",
  cross: "CROSS JOIN",
  semi: "SEMI JOIN",
  anti: "ANTI JOIN",
};

function emitRelation({ source, alias }: Relation): string {
  return source.kind === "table"
    ? `${quote(source.name)} AS ${quote(alias)}`
    : `(${emitQuery(source.query)}) AS ${quote(alias)}`;
}

function emitOrdering(orderings: readonly Ordering[]): string {
  return `ORDER BY ${orderings.map(({ node, descending }) => `${emit(node)} ${descending ? "DESC" : "ASC"} NULLS LAST`).join(", ")}`;
}

export function emit(node: Node | Expression): string {
  if (node instanceof Expression) return emit(node.node);
  switch (node.kind) {
    case "column":
      return `${quote(node.relation)}.${quote(node.name)}`;
    case "literal":
      return emitLiteral(node.value, node.type);
    case "operator":
      return emitOperator(node.operator, node.operands.map(emit));
    case "call":
      return emitCall(node.name, node.operands.map(emit)) + (node.filter ? ` FILTER (WHERE ${emit(node.filter)})` : "");
    case "window": {
      const partition = node.partitionBy.length > 0 ? `PARTITION BY ${node.partitionBy.map(emit).join(", ")}` : "";
      const order = node.orderBy.length > 0 ? emitOrdering(node.orderBy) : "";
      return `${emit(node.call)} OVER (${[partition, order].filter(Boolean).join(" ")})`;
    }
    case "case": {
      const branches = node.branches.map(([condition, value]) => `WHEN ${emit(condition)} THEN ${emit(value)}`);
      return `CASE ${branches.join(" ")} ELSE ${emit(node.otherwise)} END`;
    }
    case "cast":
      return `${node.tolerant ? "TRY_CAST" : "CAST"}(${emit(node.operand)} AS ${sqlType[node.type]})`;
  }
}

function emitOperator(operator: string, operands: readonly string[]): string {
  const [first, ...rest] = operands;
  if (operator === "in") return rest.length === 0 ? "false" : `(${first} IN (${rest.join(", ")}))`;
  if (rest.length === 0) return `(${first} ${operator.toUpperCase()})`;
  return `(${operands.join(` ${operator.toUpperCase()} `)})`;
}

const rewritten: Readonly<Record<string, (operands: readonly string[]) => string>> = {
  count_all: () => "count(*)",
  count_distinct: ([value]) => `count(DISTINCT ${value})`,
  sum: ([value]) => `sum(${value})`,
  divide: ([a, b]) => `(CAST(${a} AS DOUBLE) / nullif(CAST(${b} AS DOUBLE), 0))`,
  quantile: ([value, share]) => `quantile_cont(${value}, ${share})`,
  not: ([value]) => `(NOT ${value})`,
  first_part: ([value, separator]) => `split_part(${value}, ${separator}, 1)`,
  strict_least: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE least(${a}, ${b}) END)`,
  strict_greatest: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE greatest(${a}, ${b}) END)`,
  days_between: ([start, end]) => `((epoch_us(${end}) - epoch_us(${start})) / 8.64e10)`,
  plus_days: ([start, days]) => `(${start} + to_days(CAST(${days} AS INTEGER)))`,
  date_of: ([at]) => `CAST(${at} AS DATE)`,
  start_of_date: ([date]) => `CAST(${date} AS TIMESTAMP)`,
  epoch_ms: ([at]) => `CAST(epoch_ms(${at}) AS BIGINT)`,
  day_of_year: ([at]) => `dayofyear(${at})`,
};

function emitCall(name: string, operands: readonly string[]): string {
  return rewritten[name]?.(operands) ?? `${name}(${operands.join(", ")})`;
}

export const sqlType: Readonly<Record<ColumnType, string>> = {
  text: "VARCHAR",
  integer: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  date: "DATE",
};

function emitLiteral(value: string | number | boolean | null, type: ColumnType): string {
  if (value === null) return `CAST(NULL AS ${sqlType[type]})`;
  if (type === "timestamp") return `make_timestamp(${Math.round(Number(value) * 1000)}::BIGINT)`;
  if (type === "double") return `${Number(value).toExponential()}::DOUBLE`;
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
