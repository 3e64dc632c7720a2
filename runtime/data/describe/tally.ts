/** Numbers of which a mean and a median are wanted, in memory that does not grow with how many there are. */

export interface Tally {
  add(value: number): void;
  readonly count: number;
  /** Null of none. */
  readonly mean: number | null;
}

export const tally = (): Tally => {
  let count = 0;
  let sum = 0;
  return {
    add(value) {
      count += 1;
      sum += value;
    },
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? null : sum / count;
    },
  };
};

/** A tally of whole numbers, of which few are different: lengths, say. */
export interface CountTally extends Tally {
  /** The lower one of two in the middle; null of none. */
  readonly median: number | null;
}

export const countTally = (): CountTally => {
  const all = tally();
  const times = new Map<number, number>();
  return {
    add(value) {
      all.add(value);
      times.set(value, (times.get(value) ?? 0) + 1);
    },
    get count() {
      return all.count;
    },
    get mean() {
      return all.mean;
    },
    get median() {
      let before = 0;
      for (const [value, number] of [...times].sort(([one], [other]) => one - other)) {
        before += number;
        if (2 * before >= all.count) return value;
      }
      return null;
    },
  };
};
