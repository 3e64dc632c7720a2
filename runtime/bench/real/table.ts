/** Rows of figures as a table for a person. Pure. */

export interface Column<R> {
  readonly title: string;
  readonly cell: (row: R) => string;
}

/** A line for the titles and one for each row; the first column flush left, the others flush right. */
export function tableLines<R>(columns: readonly Column<R>[], rows: readonly R[]): string[] {
  const lines = [columns.map(({title}) => title), ...rows.map((row) => columns.map(({cell}) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd(),
  );
}

export const percent = (share: number | undefined): string =>
  share === undefined ? '-' : `${Math.round(100 * share)}%`;
