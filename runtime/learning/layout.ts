/**
 * Where the tokens of pairs go: a pair is one sequence that forks, and several sequences may stand in one row.
 *
 *   prompt and what both completions begin with | rest of the chosen one | rest of the rejected one
 *
 * so that what the two have in common goes through the model once. A last token is only ever predicted, never run.
 */
/** The lengths of one pair's parts, in tokens that are run. */
export interface Fork {
  /** Prompt and common beginning of the completions. */
  readonly shared: number;
  /** Tokens of the common beginning alone. */
  readonly common: number;
  readonly chosenRest: number;
  readonly rejectedRest: number;
  readonly length: number;
  /** Positions that predict a completion's token. */
  readonly predicting: number;
}

/** A pair's token ids. */
export type PairTokens = Readonly<Record<'promptIds' | 'chosenIds' | 'rejectedIds', ArrayLike<number>>>;

/** Where a pair's sequence begins. */
export interface Place {
  readonly row: number;
  readonly begin: number;
}

export function forkOf({promptIds, chosenIds, rejectedIds}: PairTokens): Fork {
  const shorter = Math.min(chosenIds.length, rejectedIds.length);
  let common = 0;
  while (common < shorter && chosenIds[common] === rejectedIds[common]) common++;
  // Equal completions never fork: their last token is not run.
  const forks = common < Math.max(chosenIds.length, rejectedIds.length);
  const shared = promptIds.length + common - (forks ? 0 : 1);
  const chosenRest = Math.max(0, chosenIds.length - common - 1);
  const rejectedRest = Math.max(0, rejectedIds.length - common - 1);
  const length = shared + chosenRest + rejectedRest;
  return {shared, common, chosenRest, rejectedRest, length, predicting: length - (promptIds.length - 1)};
}

/** Rows of `rowLength` tokens: each sequence into the first that has room for it, the longest ones first. */
export function placeInRows(lengths: readonly number[], rowLength: number): {places: Place[]; rows: number} {
  const order = lengths.map((_, index) => index).sort((a, b) => at(lengths, b) - at(lengths, a) || a - b);
  const used: number[] = [];
  const places = new Array<Place>(lengths.length);
  for (const index of order) {
    const length = at(lengths, index);
    const found = used.findIndex((filled) => filled + length <= rowLength);
    const row = found === -1 ? used.push(0) - 1 : found;
    places[index] = {row, begin: at(used, row)};
    used[row] = at(used, row) + length;
  }
  return {places, rows: used.length};
}

/**
 * The sizes that graphs are compiled for: the least one that is not below `count`. Whole numbers up to 8, then eighths of the
 * power of two below, so that at most an eighth is wasted.
 */
export function sizeStep(count: number): number {
  if (count <= 8) return count;
  const step = 2 ** Math.floor(Math.log2(count - 1)) / 8;
  return Math.ceil(count / step) * step;
}

const at = (values: readonly number[], index: number): number => values[index] ?? 0;
