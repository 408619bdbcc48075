/** The types a column can have in the tables that stages carry between them. */
export type ColumnType = "text" | "integer" | "double" | "boolean" | "timestamp" | "date";

export interface Column<Type extends ColumnType = ColumnType, Required extends boolean = boolean> {
  readonly type: Type;
  /** A row without a value here is set aside. */
  readonly required: Required;
}

export type Columns = Readonly<Record<string, Column>>;

/** The type of each column. */
export type TypesOf<C extends Columns> = { readonly [Name in keyof C]: C[Name]["type"] };

export function typesOf<C extends Columns>(columns: C): TypesOf<C> {
  return Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type])) as TypesOf<C>;
}

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  /** The columns that identify a row; loading the same key again replaces the row. */
  readonly key: readonly string[];
}

export function optional<Type extends ColumnType>(type: Type): Column<Type, false> {
  return { type, required: false };
}

export function required<Type extends ColumnType>(type: Type): Column<Type, true> {
  return { type, required: true };
}

export function defineTable<C extends Columns>(name: string, key: readonly (keyof C & string)[], columns: C): Table<C> {
  return { name, key, columns };
}
