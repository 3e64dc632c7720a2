/** What changed between two answers, token by token. Pure. */

/** Tokens of either kind; two are the same where they are equal. */
export type Tokens = readonly (number | string)[];

/** A stretch that is not in both: tokens `from` to `to` (exclusive) of each side. One of them may be empty. */
export interface Change {
  readonly before: {readonly from: number; readonly to: number};
  readonly after: {readonly from: number; readonly to: number};
}

export interface Difference {
  /** Levenshtein: the least number of tokens to insert, delete or replace. */
  readonly distance: number;
  /** The stretches of one such shortest way, in order. */
  readonly changes: readonly Change[];
  /** Tokens before the first change. */
  readonly prefix: number;
  /** Whether the sides are so long that the middle was compared up to its first tokens alone; the rest counts as changed. */
  readonly isCut: boolean;
}

/** Of what is between a common beginning and a common end. */
const MOST_TOKENS = 2048;

const SAME = 0;
const REPLACED = 1;
const DELETED = 2;
const INSERTED = 3;

/** Takes time and memory (a byte) for each pair of tokens between the common beginning and the common end. */
export const differenceOf = (before: Tokens, after: Tokens): Difference => {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && before[prefix] === after[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix])
    suffix += 1;
  const rows = before.length - prefix - suffix;
  const columns = after.length - prefix - suffix;
  const [height, width] = [Math.min(rows, MOST_TOKENS), Math.min(columns, MOST_TOKENS)];
  const isCut = height < rows || width < columns;
  const {steps, distance} = stepsBetween(
    before.slice(prefix, prefix + height),
    after.slice(prefix, prefix + width),
  );
  const changes = changesIn(steps, {height, width, prefix});
  if (!isCut) return {distance, changes, prefix, isCut};
  const rest = {
    before: {from: prefix + height, to: prefix + rows},
    after: {from: prefix + width, to: prefix + columns},
  };
  return {
    distance: distance + Math.max(rows - height, columns - width),
    changes: [...changes, rest],
    prefix,
    isCut,
  };
};

/** How each prefix of one side is best come to from one of the other: row by row, a byte each. */
const stepsBetween = (
  before: Tokens,
  after: Tokens,
): {readonly steps: Uint8Array; readonly distance: number} => {
  const [one, other] = numbered(before, after);
  const width = other.length + 1;
  const steps = new Uint8Array((one.length + 1) * width);
  steps.fill(INSERTED, 1, width);
  let row = Int32Array.from({length: width}, (_, column) => column);
  let next = new Int32Array(width);
  for (let at = 1; at <= one.length; at++) {
    next[0] = at;
    steps[at * width] = DELETED;
    const token = one[at - 1];
    let inserted = at + 1;
    for (let column = 1; column < width; column++) {
      const isSame = token === other[column - 1];
      const replaced = (row[column - 1] ?? 0) + (isSame ? 0 : 1);
      const deleted = (row[column] ?? 0) + 1;
      let least = replaced;
      let step = isSame ? SAME : REPLACED;
      if (deleted < least) [least, step] = [deleted, DELETED];
      if (inserted < least) [least, step] = [inserted, INSERTED];
      next[column] = least;
      steps[at * width + column] = step;
      inserted = least + 1;
    }
    [row, next] = [next, row];
  }
  return {steps, distance: row[other.length] ?? 0};
};

/** Both sides with a number for each token: numbers are compared faster than texts. */
const numbered = (...sides: readonly [Tokens, Tokens]): readonly [Int32Array, Int32Array] => {
  const numbers = new Map<number | string, number>();
  const of = (token: number | string): number => {
    const known = numbers.get(token) ?? numbers.size;
    numbers.set(token, known);
    return known;
  };
  const [one, other] = sides;
  return [Int32Array.from(one, of), Int32Array.from(other, of)];
};

const changesIn = (
  steps: Uint8Array,
  {height, width, prefix}: {readonly height: number; readonly width: number; readonly prefix: number},
): Change[] => {
  const changes: Change[] = [];
  let [at, column] = [height, width];
  /** Where the stretch that is gone through, from its end, ends. */
  let end: readonly [number, number] | undefined;
  const close = (): void => {
    if (end === undefined) return;
    changes.push({
      before: {from: prefix + at, to: prefix + end[0]},
      after: {from: prefix + column, to: prefix + end[1]},
    });
    end = undefined;
  };
  while (at > 0 || column > 0) {
    const step = steps[at * (width + 1) + column];
    if (step === SAME) close();
    else end ??= [at, column];
    if (step !== INSERTED) at -= 1;
    if (step !== DELETED) column -= 1;
  }
  close();
  return changes.reverse();
};

/** Of the tokens of both sides, the share that both have, each as often as it is in both: 2·|a ∩ b| / (|a| + |b|); 1 of two empty ones. */
export const sharedShare = (one: Tokens, other: Tokens): number => {
  const counts = new Map<number | string, number>();
  for (const token of one) counts.set(token, (counts.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of other) {
    const left = counts.get(token) ?? 0;
    if (left === 0) continue;
    shared += 1;
    counts.set(token, left - 1);
  }
  const all = one.length + other.length;
  return all === 0 ? 1 : (2 * shared) / all;
};
