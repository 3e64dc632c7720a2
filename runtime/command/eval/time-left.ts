/** How long there is still to go, by how fast it went so far. */

/** Things that have to be done before their pace says anything. */
const ENOUGH = 4;

export interface TimeLeft {
  readonly done: number;
  did(): void;
  /** Such as `; about 3 min left`; empty where it cannot be told yet. */
  text(): string;
}

export const timeLeft = (all: number): TimeLeft => {
  const begun = performance.now();
  let done = 0;
  return {
    get done() {
      return done;
    },
    did: () => {
      done += 1;
    },
    text: () => {
      if (done < ENOUGH || done >= all) return '';
      const seconds = (((performance.now() - begun) / done) * (all - done)) / 1000;
      return seconds < 60
        ? `; about ${Math.ceil(seconds)} s left`
        : seconds < 5400
          ? `; about ${Math.round(seconds / 60)} min left`
          : `; about ${(seconds / 3600).toFixed(1)} h left`;
    },
  };
};
