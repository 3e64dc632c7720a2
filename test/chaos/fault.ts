/** What came of a run to which one thing happened for long. */

export interface FaultDone {
  readonly fault: string;
  /** Pairs that came, and steps that were taken, while it lasted. */
  readonly pairsMeanwhile: number;
  readonly stepsMeanwhile: number;
  readonly lost: number;
  readonly twice: number;
  readonly seconds: number;
  readonly wrong: readonly string[];
}
