/** A record of a table's beginning; `isMalformed` where its text is not well formed. */
export interface SampleRecord {
  readonly fields: readonly string[];
  readonly isMalformed?: boolean;
}

/** The number of fields that most records have, without the first, which may be a title. */
export function usualWidth(records: readonly SampleRecord[]): number {
  const widths = new Map<number, number>();
  for (const { fields } of records.length > 1 ? records.slice(1) : records)
    widths.set(fields.length, (widths.get(fields.length) ?? 0) + 1);
  const [width = 0] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  return width;
}

/**
 * Where the header stands: the first record that `isHeader` recognises, else the first that is no title. A title fills at most
 * half of the table's width, or a quarter where it is filled up with empty fields.
 */
export function headerPlace(
  records: readonly SampleRecord[],
  isHeader: (fields: readonly string[]) => boolean = () => false,
): number {
  const recognised = recognisedPlace(records, isHeader);
  if (recognised >= 0) return recognised;
  const width = usualWidth(records);
  const isTitle = ({ fields }: SampleRecord) => {
    const filled = fields.filter((field) => field.trim() !== "").length;
    return filled <= (fields.length < width ? width / 2 : width / 4);
  };
  return Math.max(
    0,
    records.findIndex((record) => !isTitle(record)),
  );
}

export function recognisedPlace(
  records: readonly SampleRecord[],
  isHeader: (fields: readonly string[]) => boolean,
): number {
  return records.findIndex(({ fields }) => isHeader(fields.map((field) => field.trim())));
}
