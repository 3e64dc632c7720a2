/** Which prompts the rows of a cache hold, and what of another prompt need not be read again for them. */

export interface Shared {
  readonly row: number;
  /** Tokens, from the prompt's first on. */
  readonly length: number;
}

export interface HeldPrompts {
  set(row: number, ids: readonly number[]): void;
  move(from: number, to: number): void;
  clear(): void;
  /** The row that holds most of what can be used of a prompt. @param lengthOf what a row holds still */
  best(ids: readonly number[], lengthOf: (row: number) => number): Shared;
  /** Of entries that share nothing with a row, those that share nothing with each other: the others wait for these. */
  apart<E extends {readonly ids: readonly number[]}>(
    entries: readonly E[],
    lengthOf: (row: number) => number,
  ): E[];
  /** Where reading ends that begins at `start`, of a prompt of which `last` tokens are to be read. */
  nextEnd(start: number, last: number): number;
}

export interface Sharing {
  /** Whether a token's lines have the same bits in whatever parts its prompt is read. */
  readonly isSteady: boolean;
  /** Of the model. */
  readonly parameters: number;
  readonly tokensPerRead: number;
}

/**
 * What a run costs beside its products, as multiplications. A prompt that begins as another one is read in a run of its
 * own; a beginning of fewer multiplications is read again, together with other prompts.
 */
const MULTIPLICATIONS_PER_RUN = 5e8;

export function createHeldPrompts(rows: number, {isSteady, parameters, tokensPerRead}: Sharing): HeldPrompts {
  const held: (readonly number[])[] = new Array<readonly number[]>(rows).fill([]);

  /** Of `common` tokens that a prompt has in common with one of which `length` are held. */
  function usable(common: number, length: number, last: number): number {
    if (isSteady ? common >= last : common === last && length === last) return last;
    if (!isSteady) return common - (common % tokensPerRead);
    return last > tokensPerRead || common * parameters >= MULTIPLICATIONS_PER_RUN ? common : 0;
  }

  function best(ids: readonly number[], lengthOf: (row: number) => number): Shared {
    let shared: Shared = {row: 0, length: 0};
    for (const [row, prompt] of held.entries()) {
      const length = Math.min(prompt.length, lengthOf(row));
      const used = usable(inCommon(prompt, ids, length), length, ids.length - 1);
      if (used > shared.length) shared = {row, length: used};
    }
    return shared;
  }

  return {
    set(row, ids) {
      held[row] = ids;
    },
    move(from, to) {
      held[to] = held[from] ?? [];
    },
    clear() {
      held.fill([]);
    },
    best,
    apart(entries, lengthOf) {
      const chosen: (typeof entries)[number][] = [];
      for (const entry of entries) {
        const last = entry.ids.length - 1;
        const waits = chosen.some(({ids}) => {
          const length = ids.length - 1;
          return usable(inCommon(ids, entry.ids, length), length, last) > 0;
        });
        if (!waits && (chosen.length === 0 || best(entry.ids, lengthOf).length === 0)) chosen.push(entry);
      }
      return chosen;
    },
    nextEnd: (start, last) => Math.min(last, start + tokensPerRead),
  };
}

function inCommon(held: readonly number[], ids: readonly number[], most: number): number {
  const length = Math.min(most, ids.length - 1);
  let common = 0;
  while (common < length && held[common] === ids[common]) common++;
  return common;
}
