/** Columns a terminal gives to a text: Chinese and other wide signs take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const sign of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(sign)
      ? 2
      : 1;
  return width;
}

/** Rows under a header in aligned columns, the last `right` of them flush right; nothing where there are no rows. */
export function aligned(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = 0 }: { right?: number } = {},
): string[] {
  if (rows.length === 0) return [];
  const widths = header.map((name, at) => Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[at]))));
  return [header, ...rows].map((row) =>
    row
      .map((cell, at) => {
        const space = " ".repeat(widths[at] - displayWidth(cell));
        return at >= header.length - right ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd(),
  );
}
