/** Whether a column's name is the expected one, in which `*` stands for any text. */
export function matchesName(expected: string, name: string): boolean {
  const [start, end] = expected.split("*");
  if (end === undefined) return name === expected;
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}
