/** Cells under a head, for the terminal. */
export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  notes?: readonly string[];
}

/** Columns as wide as their widest cell; the last one as it comes. */
export function formatTable({ head, rows }: Pick<Table, 'head' | 'rows'>): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((line) => line[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => (column < head.length - 1 ? cell.padEnd(widths[column]!) : cell)).join('  ').trimEnd();
  return [line(head), widths.slice(0, -1).map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
