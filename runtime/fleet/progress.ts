/** What the learner and `anchorage up` tell each other through the control keys `progress` and `phase`. */

/** How far training is. Written by the learner after every step. */
export interface Progress {
  /** Optimizer steps taken, of how many. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly policyVersion: number;
  /** Every pair of the log up to this sequence has been trained on at least once, or was too stale for that. */
  readonly pairSequence: number;
  /** Pairs trained on, repeats of later epochs counted. */
  readonly pairsTrained: number;
  readonly phase: 'training' | 'complete';
  /** What tensors run on, and why on that. */
  readonly backend: string;
  readonly backendReason: string;
}

/** Whether prompts still come. Written by `anchorage up`. */
export type Feeding =
  | {readonly feeding: 'on'}
  /** Every prompt is resolved: the pair log ends at this sequence. */
  | {readonly feeding: 'done'; readonly pairs: number};
