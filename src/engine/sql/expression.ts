import type { ColumnType } from "../../schema/columns.ts";

/**
 * SQL as a typed tree. Nothing here knows a dialect: an emitter (`duckdb/dialect.ts`) turns the tree into text,
 * so a second engine is a second emitter and no stage changes.
 */
export type Node =
  | { readonly kind: "column"; readonly relation: string; readonly name: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly type: ColumnType }
  | { readonly kind: "operator"; readonly operator: string; readonly operands: readonly Node[] }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Node[]; readonly filter?: Node }
  | {
      readonly kind: "window";
      readonly call: Node;
      readonly partitionBy: readonly Node[];
      readonly orderBy: readonly Ordering[];
    }
  | { readonly kind: "case"; readonly branches: readonly (readonly [Node, Node])[]; readonly otherwise: Node }
  | {
      readonly kind: "cast";
      readonly operand: Node;
      readonly from: ColumnType;
      readonly type: ColumnType;
      readonly tolerant: boolean;
    };

export interface Ordering {
  readonly node: Node;
  readonly descending: boolean;
}

/** What may stand where an expression of type `T` is expected: an expression or a plain value. */
export type Value<T extends ColumnType> =
  | Expression<T>
  | (T extends "integer" | "double" ? number | Expression<"integer"> | Expression<"double"> : never)
  | (T extends "text" ? string : never)
  | (T extends "boolean" ? boolean : never);

/** One column-valued expression. Immutable; every method returns a new one. */
export class Expression<T extends ColumnType = ColumnType> {
  readonly node: Node;
  readonly type: T;

  constructor(node: Node, type: T) {
    this.node = node;
    this.type = type;
  }

  #operator<R extends ColumnType>(operator: string, type: R, ...others: Node[]): Expression<R> {
    return new Expression({ kind: "operator", operator, operands: [this.node, ...others] }, type);
  }

  equals(other: Value<T>): Expression<"boolean"> {
    return this.#operator("=", "boolean", toNode(other));
  }
  differs(other: Value<T>): Expression<"boolean"> {
    return this.#operator("<>", "boolean", toNode(other));
  }
  below(other: Value<T>): Expression<"boolean"> {
    return this.#operator("<", "boolean", toNode(other));
  }
  atMost(other: Value<T>): Expression<"boolean"> {
    return this.#operator("<=", "boolean", toNode(other));
  }
  above(other: Value<T>): Expression<"boolean"> {
    return this.#operator(">", "boolean", toNode(other));
  }
  atLeast(other: Value<T>): Expression<"boolean"> {
    return this.#operator(">=", "boolean", toNode(other));
  }
  isNull(): Expression<"boolean"> {
    return this.#operator("is null", "boolean");
  }
  isNotNull(): Expression<"boolean"> {
    return this.#operator("is not null", "boolean");
  }
  isAmong(values: readonly Value<T>[]): Expression<"boolean"> {
    return this.#operator("in", "boolean", ...values.map((value) => toNode(value)));
  }
  and(other: Value<"boolean">): Expression<"boolean"> {
    return this.#operator("and", "boolean", toNode(other));
  }
  or(other: Value<"boolean">): Expression<"boolean"> {
    return this.#operator("or", "boolean", toNode(other));
  }
  plus(other: Value<"double">): Expression<T> {
    return this.#operator("+", this.type, toNode(other));
  }
  minus(other: Value<"double">): Expression<T> {
    return this.#operator("-", this.type, toNode(other));
  }
  times(other: Value<"double">): Expression<T> {
    return this.#operator("*", this.type, toNode(other));
  }
  /** Division as floats; NULL where the divisor is zero. */
  over(divisor: Value<"double">): Expression<"double"> {
    return new Expression({ kind: "call", name: "divide", operands: [this.node, toNode(divisor)] }, "double");
  }
  /** The value, or `fallback` where it is NULL. */
  orElse(fallback: Value<T>): Expression<T> {
    return new Expression({ kind: "call", name: "coalesce", operands: [this.node, toNode(fallback)] }, this.type);
  }
  /** An aggregate over only the rows where `condition` holds. */
  onlyWhere(condition: Expression<"boolean">): Expression<T> {
    if (this.node.kind !== "call") throw new TypeError("onlyWhere needs an aggregate call");
    return new Expression({ ...this.node, filter: condition.node }, this.type);
  }
  /** A window over the rows that share `partitionBy`, in the order of `orderBy`. */
  within(partitionBy: readonly Expression[], orderBy: readonly Ordering[] = []): Expression<T> {
    return new Expression(
      { kind: "window", call: this.node, partitionBy: partitionBy.map((expression) => expression.node), orderBy },
      this.type,
    );
  }
  to<R extends ColumnType>(type: R): Expression<R> {
    return new Expression({ kind: "cast", operand: this.node, from: this.type, type, tolerant: false }, type);
  }
  /** Like `to`, but NULL where the value cannot be converted. */
  tryTo<R extends ColumnType>(type: R): Expression<R> {
    return new Expression({ kind: "cast", operand: this.node, from: this.type, type, tolerant: true }, type);
  }
  ascending(): Ordering {
    return { node: this.node, descending: false };
  }
  descending(): Ordering {
    return { node: this.node, descending: true };
  }
}

export function toNode(value: Expression | string | number | boolean): Node {
  if (value instanceof Expression) return value.node;
  return { kind: "literal", value, type: literalType(value) };
}

function literalType(value: string | number | boolean): ColumnType {
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  return Number.isSafeInteger(value) ? "integer" : "double";
}

export function literal(value: string): Expression<"text">;
export function literal(value: boolean): Expression<"boolean">;
export function literal(value: number): Expression<"double">;
export function literal(value: string | number | boolean): Expression {
  return new Expression(toNode(value), literalType(value));
}

/** NULL of a stated type. */
export function missing<T extends ColumnType>(type: T): Expression<T> {
  return new Expression({ kind: "literal", value: null, type }, type);
}

/** An instant, written as milliseconds since 1970 UTC. */
export function instant(epochMs: number): Expression<"timestamp"> {
  return new Expression({ kind: "literal", value: epochMs, type: "timestamp" }, "timestamp");
}
