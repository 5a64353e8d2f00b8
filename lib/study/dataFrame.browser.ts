/**
 * A data frame in a browser: of danfojs, which is larger than this library, what `Frame` promises.
 * Stands for `dataFrame.ts` there.
 */
import type { Row } from '../plot/table';
import type { Frame, FrameColumn, FrameGroups } from './dataFrame';

type Label = string | number;
type Cells = readonly (readonly unknown[])[];

export function dataFrame(rows: readonly Row[]): Frame {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return new Table(
    columns,
    rows.map((row) => columns.map((name) => row[name])),
  );
}

class Table implements Frame {
  readonly shape: readonly number[];

  constructor(
    readonly columns: string[],
    readonly values: Cells,
    readonly index: readonly Label[] = values.map((_, i) => i),
  ) {
    this.shape = [values.length, columns.length];
  }

  /** The rows at these places. */
  private at(places: readonly number[]): Table {
    const [values, index] = [places.map((i) => this.values[i]!), places.map((i) => this.index[i]!)];
    return new Table(this.columns, values, index);
  }

  private all(): number[] {
    return this.values.map((_, i) => i);
  }

  private columnAt(name: string): number {
    const at = this.columns.indexOf(name);
    if (at < 0)
      throw new Error(`column: '${name}' given, one of ${this.columns.join(', ')} expected`);
    return at;
  }

  head(rows = 5): Frame {
    return this.at(this.all().slice(0, rows));
  }

  tail(rows = 5): Frame {
    return this.at(this.all().slice(-rows));
  }

  sortValues(by: string, { ascending = true }: { readonly ascending?: boolean } = {}): Frame {
    const column = this.columnAt(by);
    const of = (row: number) => this.values[row]![column];
    const sign = ascending ? 1 : -1;
    return this.at(this.all().sort((a, b) => sign * compare(of(a), of(b))));
  }

  loc({
    rows = this.index,
    columns = this.columns,
  }: {
    readonly rows?: readonly Label[];
    readonly columns?: readonly string[];
  }): Frame {
    const chosen = columns.map((name) => this.columnAt(name));
    const { index, values } = this.at(rows.map((label) => this.rowAt(label)));
    return new Table(
      [...columns],
      values.map((row) => chosen.map((i) => row[i])),
      index,
    );
  }

  private rowAt(label: Label): number {
    const at = this.index.indexOf(label);
    if (at < 0) throw new Error(`rows: '${label}' given, a label of the index expected`);
    return at;
  }

  query(condition: FrameColumn | readonly boolean[]): Frame {
    const holds = 'eq' in condition ? condition.values : condition;
    return this.at(this.all().filter((i) => holds[i]));
  }

  groupby(columns: readonly string[]): FrameGroups {
    return groups(this, columns, this.columns);
  }

  column(name: string): FrameColumn {
    const at = this.columnAt(name);
    return series(this.values.map((row) => row[at]));
  }
}

/** Numbers and whatever has a value of its own before one another, texts by their letters. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}

function series(values: readonly unknown[]): FrameColumn {
  const where = (holds: (value: unknown) => boolean) => series(values.map(holds));
  return {
    values,
    eq: (than) => where((value) => value === than),
    ne: (than) => where((value) => value !== than),
    gt: (than) => where((value) => Number(value) > than),
    ge: (than) => where((value) => Number(value) >= than),
    lt: (than) => where((value) => Number(value) < than),
    le: (than) => where((value) => Number(value) <= than),
  };
}

function groups(table: Table, by: readonly string[], of: readonly string[]): FrameGroups {
  const keys = table.loc({ columns: by }).values as Cells;
  const places = new Map<string, number[]>();
  keys.forEach((key, i) => {
    const name = JSON.stringify(key);
    places.set(name, [...(places.get(name) ?? []), i]);
  });
  const figures = of.filter((name) => !by.includes(name));
  const cells = table.loc({ columns: figures }).values as Cells;
  const summed = (name: string, f: (values: readonly number[]) => number) => (): Frame =>
    new Table(
      [...by, ...figures.map((figure) => `${figure}_${name}`)],
      [...places.values()].map((rows) => [
        ...keys[rows[0]!]!,
        ...figures.map((_, j) => f(rows.map((row) => Number(cells[row]![j])))),
      ]),
    );
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const mean = (values: readonly number[]) => sum(values) / values.length;
  return {
    col: (columns) => groups(table, by, columns),
    mean: summed('mean', mean),
    // Of a single value danfojs says 0.
    std: summed('std', (values) => {
      if (values.length < 2) return 0;
      const middle = mean(values);
      return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1));
    }),
    count: summed('count', (values) => values.length),
    max: summed('max', (values) => Math.max(...values)),
    min: summed('min', (values) => Math.min(...values)),
    sum: summed('sum', sum),
  };
}
