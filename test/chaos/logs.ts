/** What a run left on the bus, read whole. */
import type {Bus} from '../../runtime/bus/bus.js';
import type {MessageOf} from '../../runtime/bus/channels/subjects.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';

export interface Logs {
  readonly pairs: readonly MessageOf<'pairs'>[];
  readonly rejections: readonly MessageOf<'rejections'>[];
  readonly checkpoints: readonly MessageOf<'checkpoints'>[];
  readonly metrics: readonly MessageOf<'metrics'>[];
  readonly controls: readonly MessageOf<'controls'>[];
  readonly acknowledgements: readonly MessageOf<'acknowledgements'>[];
}

export const logsOf = async (bus: Bus): Promise<Logs> => ({
  pairs: await logNow(bus, 'pairs'),
  rejections: await logNow(bus, 'rejections'),
  checkpoints: await logNow(bus, 'checkpoints'),
  metrics: await logNow(bus, 'metrics'),
  controls: await logNow(bus, 'controls'),
  acknowledgements: await logNow(bus, 'acknowledgements'),
});

export interface StepRow {
  readonly step: number;
  /** Trained on after it, those of each epoch counted. */
  readonly pairs: number;
  readonly revision: number;
  readonly timeUnixMs: number;
}

/** The rows of steps in the order in which they were taken, those that were taken again included. */
export const stepRowsOf = ({metrics}: Pick<Logs, 'metrics'>): StepRow[] =>
  metrics
    .filter(({actor, values}) => actor === 'learner' && values.loss !== undefined)
    .map(({step, values, objectiveRevision, timeUnixMs}) => ({
      step: step ?? 0,
      pairs: values.pairs ?? 0,
      revision: objectiveRevision ?? 0,
      timeUnixMs,
    }));
