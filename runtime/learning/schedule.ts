/** The learning rate of each step. */

export interface Schedule {
  /** The highest rate, reached when the warm-up ends. */
  readonly peak: number;
  /** Steps over which the rate climbs linearly from 0; 0 starts at the peak. */
  readonly warmupSteps: number;
  /** The step at which the rate has fallen linearly to 0. */
  readonly totalSteps: number;
}

/**
 * The rate of a step counted from 0: the linear schedule with warm-up of Hugging Face's trainers. The step `totalSteps` and
 * every later one have rate 0; so has step 0 where there is a warm-up.
 */
export function learningRateAt({peak, warmupSteps, totalSteps}: Schedule, step: number): number {
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const falling = Math.max(1, totalSteps - warmupSteps);
  return peak * Math.max(0, (totalSteps - step) / falling);
}
