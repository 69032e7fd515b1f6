/** Prints a Markdown table, padded to be read in a terminal: what a run shows can go into a README as it is. */
export type Cell = string | number | undefined;

const NARROWEST = 3;

interface Column {
  readonly title: string;
  readonly width: number;
  readonly isNumeric: boolean;
}

/** The columns are those of all rows together; what a row does not have stays empty. */
export function printTable(rows: readonly Readonly<Record<string, Cell>>[]): void {
  const titles = [...new Set(rows.flatMap(Object.keys))];
  const columns = titles.map((title): Column => {
    const cells = rows.map((row) => textOf(row[title]));
    const width = Math.max(NARROWEST, title.length, ...cells.map(({ length }) => length));
    return { title, width, isNumeric: cells.every((cell) => !Number.isNaN(Number(cell))) };
  });
  const print = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  print(columns.map((column) => padded(column.title, column)));
  print(columns.map(({ width, isNumeric }) => `${'-'.repeat(width - 1)}${isNumeric ? ':' : '-'}`));
  for (const row of rows) print(columns.map((column) => padded(textOf(row[column.title]), column)));
  console.log();
}

function textOf(cell: Cell): string {
  return cell === undefined ? '' : String(cell);
}

function padded(text: string, { width, isNumeric }: Column): string {
  return isNumeric ? text.padStart(width) : text.padEnd(width);
}
