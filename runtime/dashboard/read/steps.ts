/** The steps of a run that are in its weights, from the learner's rows about them. Pure. */
import type {MetricLine} from './log-rows.js';

/** A learner's row about one optimizer step. */
export type StepRow = MetricLine & {readonly step: number};

export interface Steps {
  /** Takes the next row of the metrics; any that is about no step is passed over. */
  take(row: MetricLine): void;
  /** By step. What a learner that was killed had taken since its checkpoint was taken again, and is not among them. */
  readonly rows: readonly StepRow[];
}

const isStep = (row: MetricLine): row is StepRow =>
  row.actor === 'learner' && row.step !== undefined && 'loss' in row;

/**
 * A learner goes back to a checkpoint and on from there: a step that is not above the newest one undoes it and all that
 * came after. The order is that of the log; clocks of machines differ.
 */
export const collectSteps = (): Steps => {
  const rows: StepRow[] = [];
  return {
    rows,
    take(row) {
      if (!isStep(row)) return;
      while ((rows.at(-1)?.step ?? Number.NEGATIVE_INFINITY) >= row.step) rows.pop();
      rows.push(row);
    },
  };
};

/** An objective was in force from this step on. */
export interface ObjectivePeriod {
  readonly revision: number;
  readonly name: string;
  readonly from_step: number;
}

export function objectivePeriods(steps: readonly StepRow[]): ObjectivePeriod[] {
  const periods: ObjectivePeriod[] = [];
  for (const {objective, objective_revision: revision = 0, step} of steps) {
    if (objective !== undefined && periods.at(-1)?.revision !== revision)
      periods.push({revision, name: objective, from_step: step});
  }
  return periods;
}

/** Means over steps, but for `max`; what each is, `metricMeanings` says. */
export interface Staleness {
  readonly mean: number;
  readonly max: number;
  readonly in_flight: number;
  readonly in_queue: number;
  readonly predicted: number | null;
}

export function stalenessOf(steps: readonly StepRow[]): Staleness | null {
  const [total, inFlight, inQueue, predicted] = [
    'staleness',
    'staleness/in_flight',
    'staleness/in_queue',
    'staleness/predicted',
  ].map((name) => meanOf(steps, name));
  if (typeof total !== 'number' || typeof inFlight !== 'number' || typeof inQueue !== 'number') return null;
  let max = 0;
  for (const {'staleness/max': value} of steps) if (typeof value === 'number') max = Math.max(max, value);
  return {mean: total, max, in_flight: inFlight, in_queue: inQueue, predicted: predicted ?? null};
}

/** Over the steps that have the value; null without one. */
export function meanOf(steps: readonly StepRow[], name: string): number | null {
  let [sum, count] = [0, 0];
  for (const {[name]: value} of steps) {
    if (typeof value !== 'number') continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}
