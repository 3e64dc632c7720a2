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
  /** Positions that predict a completion's token; that where the two fork predicts two. */
  readonly predicting: number;
}

/** A pair's token ids. */
export type PairTokens = Readonly<Record<'promptIds' | 'chosenIds' | 'rejectedIds', ArrayLike<number>>>;

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

/** Where a pair's sequence begins. */
export interface Place {
  /** The pair's number in the batch. */
  readonly pair: number;
  readonly row: number;
  readonly begin: number;
}

/** Sequences that go through the model at once. */
export interface RunLayout {
  readonly rows: number;
  /** Tokens of a row. */
  readonly rowLength: number;
  readonly places: readonly Place[];
}

/** What bounds a run. */
export interface RunLimits {
  /** Tokens of all rows; a longer sequence is in a run of its own. */
  readonly tokens: number;
  readonly pairs: number;
}

/** Rows beside each other are as long as the longest; fuller than this they cost less than one after the other. */
const FULL = 0.95;
/**
 * Sequences shorter than this may stand in one row, though each is compared with those before it, which it does not see:
 * products of matrices of fewer rows take longer for each.
 */
const SIDE_BY_SIDE = 512;

/**
 * Runs of sequences of these lengths, the longest first: of rows that are about equally long, where there are such, else of
 * one row. A function of the arguments alone.
 * @param multiple that the length of a row is of
 */
export function layRuns(lengths: readonly number[], limits: RunLimits, multiple: number): RunLayout[] {
  const roundedUp = (length: number): number => Math.ceil(length / multiple) * multiple;
  let waiting = lengths
    .map((length, pair): Sequence => ({pair, length}))
    .sort((one, other) => other.length - one.length || one.pair - other.pair);
  const runs: RunLayout[] = [];
  for (let [longest] = waiting; longest !== undefined; [longest] = waiting) {
    const rowLength = roundedUp(longest.length);
    const filled =
      fullRows(waiting, rowLength, limits) ??
      bestFit(waiting, 1, Math.max(longest.length, Math.min(SIDE_BY_SIDE, limits.tokens)), limits.pairs);
    const {rows, places} = filled;
    runs.push({rows: rows.length, rowLength: roundedUp(Math.max(...rows)), places});
    const isPlaced = new Set(places.map(({pair}) => pair));
    waiting = waiting.filter(({pair}) => !isPlaced.has(pair));
  }
  return runs;
}

interface Sequence {
  readonly pair: number;
  readonly length: number;
}

interface Filled {
  /** The tokens in each. */
  readonly rows: readonly number[];
  readonly places: readonly Place[];
}

/** As many rows as the limits allow and sequences fill; undefined where these do not fill two. */
function fullRows(
  waiting: readonly Sequence[],
  rowLength: number,
  {tokens, pairs}: RunLimits,
): Filled | undefined {
  const most = Math.min(waiting.length, pairs, Math.floor(tokens / rowLength));
  for (let count = most; count > 1; count--) {
    const filled = bestFit(waiting, count, rowLength, pairs);
    const used = filled.rows.reduce((sum, row) => sum + row, 0);
    if (used >= FULL * count * rowLength) return filled;
  }
  return undefined;
}

/** Each sequence in its turn into the row that it fills most, until none fits. */
function bestFit(sequences: readonly Sequence[], count: number, room: number, pairs: number): Filled {
  const rows = new Array<number>(count).fill(0);
  const places: Place[] = [];
  for (const {pair, length} of sequences) {
    if (places.length === pairs) break;
    const best = fullestWithRoom(rows, room - length);
    if (best === undefined) continue;
    const [row, begin] = best;
    places.push({pair, row, begin});
    rows[row] = begin + length;
  }
  return {rows, places};
}

/** The row that has the most of at most so many tokens, the first of such, with that number. */
function fullestWithRoom(rows: readonly number[], mostUsed: number): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  for (let row = 0; row < rows.length; row++) {
    const used = rows[row] ?? 0;
    if (used <= mostUsed && (best === undefined || used > best[1])) best = [row, used];
  }
  return best;
}
