/**
 * What all that is asked of an endpoint says about it together, which no request can say alone.
 *
 * An endpoint that does not answer, as an actor starts or later, is waited for: a server that is started again, and loads its
 * model, is away for about as long as a few requests may take. A person is told of it once, and once when it is back; after
 * `PATIENT_DEADLINES` without an answer to anything it counts as gone.
 */

/** Where nothing was answered for so long, a person is told: what starts beside an actor may come up a little after it. */
export const TOLD_AFTER_MS = 10_000;

const PATIENT_DEADLINES = 3;
/** The last of them ends it, however timers round. */
const ROUNDING = 0.5;

/** How long an endpoint that does not answer is waited for. @param timeoutMs one request's deadline. */
export const patienceOf = (timeoutMs: number): number => PATIENT_DEADLINES * timeoutMs;

/** What a person is told of one that is waited for. @param reason from which it can be seen, with the remedy. */
export const waitingLine = (reason: string, timeoutMs: number): string =>
  `${reason}; it is waited for, some ${Math.round(patienceOf(timeoutMs) / 1000)} s`;

export interface Health {
  answered(): void;
  everAnswered(): boolean;
  /** A try that began at this time, by `performance.now()`, had no answer. @param reason for a person, with the remedy. */
  unanswered(reason: string, sinceMs: number): void;
  /** For how long nothing was answered, once a request that began `spentMs` ago has no time for another try; milliseconds. */
  silentFor(spentMs: number): number;
  /** Whether so long a silence is one for good. */
  isGone(silentMs: number): boolean;
}

/** @param tell told a line when nothing was answered for `toldAfterMs`, and another when something is again. */
export const openHealth = (
  {baseUrl, model, timeoutMs}: {readonly baseUrl: string; readonly model: string; readonly timeoutMs: number},
  tell: (line: string) => void,
  toldAfterMs: number = TOLD_AFTER_MS,
): Health => {
  let answeredMs: number | undefined;
  let silentMs = 0;
  let silentUntil: number | undefined;
  let awaySince: number | undefined;
  let isTold = false;
  return {
    answered() {
      if (isTold) tell(`endpoint ${baseUrl}, model ${model} answers again`);
      answeredMs = performance.now();
      [silentMs, silentUntil, awaySince, isTold] = [0, undefined, undefined, false];
    },
    everAnswered: () => answeredMs !== undefined,
    unanswered(reason, sinceMs) {
      // Others may have been answered while it waited.
      awaySince ??= Math.max(sinceMs, answeredMs ?? sinceMs);
      if (isTold || performance.now() - awaySince < toldAfterMs) return;
      isTold = true;
      tell(waitingLine(reason, timeoutMs));
    },
    silentFor(spentMs) {
      const now = performance.now();
      // At most one deadline each time: what is more, this process stood still itself, or asked nothing.
      silentMs += Math.min(silentUntil === undefined ? spentMs : now - silentUntil, timeoutMs);
      silentUntil = now;
      return silentMs;
    },
    isGone: (silentMs) => silentMs >= (PATIENT_DEADLINES - ROUNDING) * timeoutMs,
  };
};
