/** A number of an objective that a user may set, beside β and the learning rate. */

/** The bounds of a setting; a side that is left out is open. */
export interface SettingRange {
  /** At least. */
  readonly from?: number;
  /** Greater than. */
  readonly above?: number;
  /** At most. */
  readonly to?: number;
  /** Less than. */
  readonly below?: number;
}

export interface SettingSpec extends SettingRange {
  readonly default: number;
  /** One line for people: what it is, and its unit where it has one. */
  readonly about: string;
}

/** What is wrong with a value, such as `0.7 is too large; less than 0.5`; undefined where nothing is. */
export function rangeComplaint({from, above, to, below}: SettingRange, value: number): string | undefined {
  if (!Number.isFinite(value)) return `${value} is not a number`;
  if (from !== undefined && value < from) return `${value} is too small; at least ${from}`;
  if (above !== undefined && value <= above) return `${value} is too small; greater than ${above}`;
  if (to !== undefined && value > to) return `${value} is too large; at most ${to}`;
  if (below !== undefined && value >= below) return `${value} is too large; less than ${below}`;
  return undefined;
}

/** The range in words, such as `from 0, below 0.5`. */
export const rangeText = ({from, above, to, below}: SettingRange): string =>
  [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ].join(', ');
