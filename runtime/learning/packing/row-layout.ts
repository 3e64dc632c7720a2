/**
 * Which pairs go through the model at once, and the rows in which their tokens attend to each other.
 *
 * A pair is one sequence that forks, so that what its completions have in common goes through the model once; a last token is
 * only ever predicted, never run:
 *
 *   prompt and what both completions begin with | rest of the chosen one | rest of the rejected one
 *
 * To attend, a pair sits in a row so; or each completion in a row of its own, what they have in common in both, where that
 * compares fewer tokens that do not see each other.
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

export type Side = 'chosen' | 'rejected';
export const SIDES: readonly Side[] = ['chosen', 'rejected'];

/** The shared part of a pair and the rests of one completion or of both, one after the other in a row. */
export interface Strip {
  /** The pair's number in the batch. */
  readonly pair: number;
  readonly sides: readonly Side[];
  readonly row: number;
  readonly begin: number;
}

/** Pairs that go through the model at once. */
export interface RunLayout {
  /** Their numbers in the batch. */
  readonly pairs: readonly number[];
  readonly rows: number;
  /** Tokens of a row, of which the last is always free. */
  readonly rowLength: number;
  /** A pair's follow each other. */
  readonly strips: readonly Strip[];
}

/** What bounds a run. */
export interface RunLimits {
  /** A longer pair is in a run of its own. */
  readonly tokens: number;
  /** What may be kept of a run, in tokens of full rows; as much as there are tokens unless given. See `keptTokens`. */
  readonly kept?: {readonly tokens: number; readonly seatShare: number};
  readonly pairs: number;
}

/**
 * So many tokens of full rows keep as much as a run's: what is kept of attention is kept of every seat, of those that no token
 * has and of those in which a pair's prompt sits once more, too.
 *
 * @param seatShare of what is kept for a token and its seat, the part that is the seat's.
 */
export const keptTokens = (tokens: number, seats: number, seatShare: number): number =>
  tokens + seatShare * (seats - tokens);

/** A token in a row costs, besides each other token of it, as much as so many of them: entries that are moved. */
const SEAT = 128;

/**
 * Runs as full as may be, the longest pair first. A function of the arguments alone.
 * @param multiple that the length of a row is of
 */
export function layRuns(forks: readonly Fork[], limits: RunLimits, multiple: number): RunLayout[] {
  const longestFirst = (one: number, other: number): number =>
    lengthOf(forks, other) - lengthOf(forks, one) || one - other;
  let waiting = [...forks.keys()].sort(longestFirst);
  const runs: RunLayout[] = [];
  while (waiting.length > 0) {
    const pairs: number[] = [];
    const left: number[] = [];
    let room = limits.tokens;
    for (const pair of waiting) {
      const length = lengthOf(forks, pair);
      const fits = pairs.length < limits.pairs && (length <= room || pairs.length === 0);
      (fits ? pairs : left).push(pair);
      if (fits) room -= length;
    }
    let run = seated(pairs, forks, multiple);
    while (pairs.length > 1 && !isKept(run, limits.tokens - room, limits)) {
      const shortest = pairs.pop() ?? 0;
      room += lengthOf(forks, shortest);
      left.push(shortest);
      run = seated(pairs, forks, multiple);
    }
    runs.push(run);
    waiting = left.sort(longestFirst);
  }
  return runs;
}

const isKept = ({rows, rowLength}: RunLayout, tokens: number, {kept}: RunLimits): boolean =>
  kept === undefined || keptTokens(tokens, rows * rowLength, kept.seatShare) <= kept.tokens;

/** In rows that are computed soonest: pairs longer than some length are cut in two there. */
function seated(pairs: readonly number[], forks: readonly Fork[], multiple: number): RunLayout {
  const lengths = new Set([0, ...pairs.map((pair) => lengthOf(forks, pair))]);
  let best: RunLayout | undefined;
  for (const longest of lengths) {
    const pieces = pairs.flatMap((pair) =>
      lengthOf(forks, pair) > longest ? apart(pair, forkAt(forks, pair)) : [whole(pair, forkAt(forks, pair))],
    );
    // Rows that were full would cost as much.
    const rowLength = Math.max(...pieces.map(({length}) => length));
    const used = pieces.reduce((sum, {length}) => sum + length, 0);
    if (best !== undefined && used * (rowLength + SEAT) >= costOf(best)) continue;
    const layout = rowsOf(pairs, pieces, multiple);
    if (best === undefined || costOf(layout) < costOf(best)) best = layout;
  }
  if (best === undefined) throw new Error('a run has no pairs');
  return best;
}

const costOf = ({rows, rowLength}: RunLayout): number => rows * rowLength * (rowLength + SEAT);

interface Piece {
  readonly pair: number;
  readonly sides: readonly Side[];
  readonly length: number;
}

const whole = (pair: number, {length}: Fork): Piece => ({pair, sides: SIDES, length});

function apart(pair: number, fork: Fork): Piece[] {
  const {shared, chosenRest, rejectedRest} = fork;
  if (chosenRest === 0 || rejectedRest === 0) return [whole(pair, fork)];
  return [
    {pair, sides: ['chosen'], length: shared + chosenRest},
    {pair, sides: ['rejected'], length: shared + rejectedRest},
  ];
}

/** Rows as long as the longest piece, each piece in its turn, the longest first, where it leaves the least room. */
function rowsOf(pairs: readonly number[], pieces: readonly Piece[], multiple: number): RunLayout {
  const order = [...pieces.keys()].sort(
    (one, other) => (pieces[other]?.length ?? 0) - (pieces[one]?.length ?? 0) || one - other,
  );
  const longest = pieces[order[0] ?? 0]?.length ?? 0;
  const used: number[] = [];
  const strips = new Array<Strip>(pieces.length);
  for (const index of order) {
    const piece = pieces[index];
    if (piece === undefined) continue;
    const row = fullestWithRoom(used, longest - piece.length) ?? used.length;
    const begin = used[row] ?? 0;
    strips[index] = {pair: piece.pair, sides: piece.sides, row, begin};
    used[row] = begin + piece.length;
  }
  return {pairs, rows: used.length, rowLength: Math.ceil((longest + 1) / multiple) * multiple, strips};
}

/** The row that has the most of at most so many tokens, the first of such. */
function fullestWithRoom(rows: readonly number[], mostUsed: number): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (let row = 0; row < rows.length && most < mostUsed; row++) {
    const used = rows[row] ?? 0;
    if (used > mostUsed || used <= most) continue;
    [best, most] = [row, used];
  }
  return best;
}

const lengthOf = (forks: readonly Fork[], pair: number): number => forkAt(forks, pair).length;

export function forkAt(forks: readonly Fork[], pair: number): Fork {
  const fork = forks[pair];
  if (fork === undefined) throw new RangeError(`there is no pair ${pair}`);
  return fork;
}
