import { type Columns, type ColumnType, type Table, type TypesOf, typesOf } from "../../schema/columns.ts";
import { Expression, type Node, type Ordering } from "./expression.ts";

/** The columns of a relation as typed expressions: `order.ordered_at`. */
export type ColumnsOf<Types extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof Types]: Expression<Types[Name]>;
};

export interface Relation<Types extends Readonly<Record<string, ColumnType>> = Readonly<Record<string, ColumnType>>> {
  readonly alias: string;
  readonly source:
    | { readonly kind: "table"; readonly name: string }
    | { readonly kind: "query"; readonly query: Query };
  readonly types: Types;
  readonly columns: ColumnsOf<Types>;
}

export type JoinKind = "inner" | "left" | "cross" | "anti" | "semi";

interface Parts {
  readonly from?: Relation;
  readonly joins: readonly { readonly kind: JoinKind; readonly relation: Relation; readonly on?: Node }[];
  readonly where: readonly Node[];
  readonly groupBy: readonly Node[];
  readonly orderBy: readonly Ordering[];
  readonly limit?: number;
  readonly unions: readonly Query[];
  readonly distinct: boolean;
}

type Selected<Shape extends Readonly<Record<string, Expression>>> = {
  readonly [Name in keyof Shape]: Shape[Name] extends Expression<infer T> ? T : never;
};

/** A relation over a registered table (`Engine.register`). */
export function table<C extends Columns>(definition: Table<C>, alias = definition.name): Relation<TypesOf<C>> {
  return relation(alias, { kind: "table", name: definition.name }, typesOf(definition.columns));
}

/** A relation over a registered table whose columns are known by name and type only. */
export function namedTable<Types extends Readonly<Record<string, ColumnType>>>(
  name: string,
  types: Types,
  alias = name,
): Relation<Types> {
  return relation(alias, { kind: "table", name }, types);
}

function relation<Types extends Readonly<Record<string, ColumnType>>>(
  alias: string,
  source: Relation["source"],
  types: Types,
): Relation<Types> {
  const columns = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [
      name,
      new Expression({ kind: "column", relation: alias, name }, type),
    ]),
  );
  return { alias, source, types, columns: columns as ColumnsOf<Types> };
}

/** A SELECT in the making. Immutable: every method returns a new query. */
export class Query<Types extends Readonly<Record<string, ColumnType>> = Readonly<Record<string, ColumnType>>> {
  readonly parts: Parts;
  readonly selection: Readonly<Record<string, Expression>>;
  readonly types: Types;

  constructor(parts: Parts, selection: Readonly<Record<string, Expression>>, types: Types) {
    this.parts = parts;
    this.selection = selection;
    this.types = types;
  }

  #with(change: Partial<Parts>): Query<Types> {
    return new Query({ ...this.parts, ...change }, this.selection, this.types);
  }

  join(other: Relation, on: Expression<"boolean">): Query<Types> {
    return this.#joined("inner", other, on);
  }
  leftJoin(other: Relation, on: Expression<"boolean">): Query<Types> {
    return this.#joined("left", other, on);
  }
  crossJoin(other: Relation): Query<Types> {
    return this.#joined("cross", other);
  }
  /** Keeps the rows that have a partner in `other`. */
  having(other: Relation, on: Expression<"boolean">): Query<Types> {
    return this.#joined("semi", other, on);
  }
  /** Keeps the rows that have no partner in `other`. */
  without(other: Relation, on: Expression<"boolean">): Query<Types> {
    return this.#joined("anti", other, on);
  }
  #joined(kind: JoinKind, other: Relation, on?: Expression<"boolean">): Query<Types> {
    return this.#with({ joins: [...this.parts.joins, { kind, relation: other, on: on?.node }] });
  }
  where(...conditions: Expression<"boolean">[]): Query<Types> {
    return this.#with({ where: [...this.parts.where, ...conditions.map(({ node }) => node)] });
  }
  groupBy(...keys: Expression[]): Query<Types> {
    return this.#with({ groupBy: [...this.parts.groupBy, ...keys.map(({ node }) => node)] });
  }
  orderBy(...orderings: (Ordering | Expression)[]): Query<Types> {
    const added = orderings.map((ordering) => (ordering instanceof Expression ? ordering.ascending() : ordering));
    return this.#with({ orderBy: [...this.parts.orderBy, ...added] });
  }
  limit(rows: number): Query<Types> {
    return this.#with({ limit: rows });
  }
  distinct(): Query<Types> {
    return this.#with({ distinct: true });
  }
  /** Appends the rows of `other`, which must select the same columns in the same order. */
  followedBy(other: Query<Types>): Query<Types> {
    return this.#with({ unions: [...this.parts.unions, other as unknown as Query] });
  }
  select<Shape extends Readonly<Record<string, Expression>>>(shape: Shape): Query<Selected<Shape>> {
    const types = Object.fromEntries(Object.entries(shape).map(([name, expression]) => [name, expression.type]));
    return new Query(this.parts, { ...this.selection, ...shape }, {
      ...this.types,
      ...types,
    } as unknown as Selected<Shape>);
  }
  /** This query as a relation that another query can read from. */
  as(alias: string): Relation<Types> {
    return relation(alias, { kind: "query", query: this as unknown as Query }, this.types);
  }
}

/** Starts a query. Without a relation it is a single row of constants. */
export function from(relation?: Relation): Query<Record<never, never>> {
  return new Query(
    { from: relation, joins: [], where: [], groupBy: [], orderBy: [], unions: [], distinct: false },
    {},
    {},
  );
}
