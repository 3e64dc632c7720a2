/** The learning rate of each step, as Hugging Face's trainers have it. */

export interface Schedule {
  /** What follows the warm-up: `linear` to 0, `constant` at the peak, or half a `cosine` to 0; `linear` unless given. */
  readonly kind?: ScheduleKind;
  /** The highest rate, reached when the warm-up ends. */
  readonly peak: number;
  /** Steps over which the rate climbs linearly from 0; 0 starts at the peak. */
  readonly warmupSteps: number;
  /** The step at which the rate has fallen to 0, unless it is constant. */
  readonly totalSteps: number;
}

/** The share of the peak while a share `left` of the steps after the warm-up is still to do, from 1 to 0. */
const shares = {
  /** get_linear_schedule_with_warmup */
  linear: (left) => left,
  /** get_constant_schedule_with_warmup */
  constant: () => 1,
  /** get_cosine_schedule_with_warmup, num_cycles 0.5 */
  cosine: (left) => (1 - Math.cos(Math.PI * left)) / 2,
} as const satisfies Record<string, (left: number) => number>;

export type ScheduleKind = keyof typeof shares;
export const scheduleKinds = Object.keys(shares) as [ScheduleKind, ...ScheduleKind[]];

/**
 * The rate of a step counted from 0. With a warm-up, step 0 has rate 0. The step `totalSteps` and every later one have rate
 * 0, unless it is constant; Hugging Face's cosine would climb again there.
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  const {kind = 'linear', peak, warmupSteps, totalSteps} = schedule;
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const falling = Math.max(1, totalSteps - warmupSteps);
  return peak * shares[kind](Math.max(0, (totalSteps - step) / falling));
}

/** Far above what any optimizer here learns by. */
const MOST_LEARNING_RATE = 1;

/** Why a learning rate is refused; undefined where it is not. */
export const learningRateComplaint = (rate: number): string | undefined =>
  rate > MOST_LEARNING_RATE
    ? `${rate} is above ${MOST_LEARNING_RATE}, and no model is left after a step of it; usual are 1e-7 to 1e-3`
    : undefined;
