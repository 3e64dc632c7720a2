/** Means of what came last, and how sure they are. Pure. */

export interface WindowMean {
  readonly mean: number;
  /** The standard error of the mean, by the spread within the window. */
  readonly error: number;
  /** The first and the last step of it. */
  readonly from: number;
  readonly to: number;
}

interface Stepped {
  readonly step: number;
}

/** Steps that a mean is taken over: single batches are noise. */
export const WINDOW_STEPS = 20;

/** Of rows that have the value, the last ones before place `end`; undefined where there are fewer. */
export const windowMean = <R extends Stepped>(
  rows: readonly R[],
  measured: (row: R) => number | undefined,
  end = rows.length,
  size = WINDOW_STEPS,
): WindowMean | undefined => {
  const last = rows.slice(Math.max(0, end - size), end);
  const values = last.flatMap((row) => measured(row) ?? []);
  const [first, final] = [last[0], last.at(-1)];
  if (values.length < size || first === undefined || final === undefined) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return {mean, error: Math.sqrt(variance / values.length), from: first.step, to: final.step};
};

/** Standard errors that something must be away from where it would be by chance. */
export const SURE = 2;
