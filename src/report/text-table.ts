import { displayWidth, padded } from "../language/width.ts";

export interface TextColumn {
  readonly header: string;
  /** Words stand left, numbers right. */
  readonly align?: "left" | "right";
}

/** A table for the terminal: columns as wide as their widest cell, Chinese characters counted as two. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ header }, at) =>
    Math.max(...[header, ...rows.map((row) => row[at])].map(displayWidth)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => padded(cell, widths[at], columns[at].align))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map(({ header }) => header)), rule, ...rows.map(line)];
}
