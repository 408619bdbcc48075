import type { ColumnType } from "../../schema/columns.ts";
import type { Node, Ordering } from "./expression.ts";
import type { JoinKind, Query, Relation } from "./query.ts";

export type LiteralValue = string | number | boolean | null;

/** What differs between the SQL of two engines. The order of clauses, operators and CASE is the same everywhere. */
export interface DialectWords {
  readonly name: string;
  quote(name: string): string;
  readonly sqlType: Readonly<Record<ColumnType, string>>;
  literal(value: LiteralValue, type: ColumnType): string;
  /** Functions that are not called by the builder's own name; NULLs must come out as the builder documents. */
  readonly calls: Readonly<Record<string, (operands: readonly string[]) => string>>;
  readonly joins: Readonly<Record<JoinKind, string>>;
  cast(value: string, from: ColumnType, to: ColumnType, tolerant: boolean): string;
}

/** Turns a query tree into one engine's SQL. */
export interface Dialect extends DialectWords {
  emitQuery(query: Query): string;
}

export function createDialect(words: DialectWords): Dialect {
  const { quote } = words;

  function emitQuery(query: Query): string {
    const { parts, selection } = query;
    const columns = Object.entries(selection).map(([name, { node }]) => `${emit(node)} AS ${quote(name)}`);
    const clauses = [`SELECT ${parts.distinct ? "DISTINCT " : ""}${columns.join(", ")}`];
    if (parts.from) clauses.push(`FROM ${emitRelation(parts.from)}`);
    for (const { kind, relation, on } of parts.joins) {
      clauses.push(`${words.joins[kind]} ${emitRelation(relation)}${on ? ` ON ${emit(on)}` : ""}`);
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

  function emitRelation({ source, alias }: Relation): string {
    return source.kind === "table"
      ? `${quote(source.name)} AS ${quote(alias)}`
      : `(${emitQuery(source.query)}) AS ${quote(alias)}`;
  }

  /** Where NULLs go is always said: engines differ. */
  function emitOrdering(orderings: readonly Ordering[]): string {
    return `ORDER BY ${orderings.map(({ node, descending }) => `${emit(node)} ${descending ? "DESC" : "ASC"} NULLS LAST`).join(", ")}`;
  }

  function emit(node: Node): string {
    switch (node.kind) {
      case "column":
        return `${quote(node.relation)}.${quote(node.name)}`;
      case "literal":
        return words.literal(node.value, node.type);
      case "operator":
        return emitOperator(node.operator, node.operands.map(emit));
      case "call": {
        const operands = node.operands.map(emit);
        const called = words.calls[node.name]?.(operands) ?? `${node.name}(${operands.join(", ")})`;
        return node.filter ? `${called} FILTER (WHERE ${emit(node.filter)})` : called;
      }
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
        return words.cast(emit(node.operand), node.from, node.type, node.tolerant);
    }
  }

  return { ...words, emitQuery };
}

function emitOperator(operator: string, operands: readonly string[]): string {
  const [first, ...rest] = operands;
  if (operator === "in") return rest.length === 0 ? "false" : `(${first} IN (${rest.join(", ")}))`;
  if (rest.length === 0) return `(${first} ${operator.toUpperCase()})`;
  return `(${operands.join(` ${operator.toUpperCase()} `)})`;
}
