/** What a benchmark says: one JSON object a line on standard output, and what it is doing on standard error. */

export interface Report {
  row(row: Readonly<Record<string, unknown>>): void;
  /** A contender that is not there, and why. */
  skip(what: Readonly<Record<string, unknown>>, reason: string): void;
  say(line: string): void;
}

export const report: Report = {
  row: (row) => console.log(JSON.stringify(row)),
  skip: (what, reason) => {
    console.log(JSON.stringify({kind: 'skipped', ...what, reason}));
    console.error(`  ${String(what.contender)} is not measured: ${reason}`);
  },
  say: (line) => console.error(line),
};

/** Three or four digits: more would be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
export const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
