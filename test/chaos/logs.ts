/** What a run left on the bus, read whole. */
import type {Bus} from '../../runtime/bus/bus.js';
import type {LogName, MessageOf} from '../../runtime/bus/subjects.js';

/** What a log holds now. */
export const wholeLog = async <N extends LogName>(bus: Bus, log: N): Promise<MessageOf<N>[]> => {
  const {lastSequence} = await bus.state(log);
  const messages: MessageOf<N>[] = [];
  if (lastSequence === 0) return messages;
  for await (const {message, sequence} of bus.read(log, {sequence: 1})) {
    messages.push(message);
    if (sequence >= lastSequence) break;
  }
  return messages;
};

export interface Logs {
  readonly pairs: readonly MessageOf<'pairs'>[];
  readonly rejections: readonly MessageOf<'rejections'>[];
  readonly checkpoints: readonly MessageOf<'checkpoints'>[];
  readonly metrics: readonly MessageOf<'metrics'>[];
  readonly controls: readonly MessageOf<'controls'>[];
  readonly acknowledgements: readonly MessageOf<'acknowledgements'>[];
}

export const logsOf = async (bus: Bus): Promise<Logs> => ({
  pairs: await wholeLog(bus, 'pairs'),
  rejections: await wholeLog(bus, 'rejections'),
  checkpoints: await wholeLog(bus, 'checkpoints'),
  metrics: await wholeLog(bus, 'metrics'),
  controls: await wholeLog(bus, 'controls'),
  acknowledgements: await wholeLog(bus, 'acknowledgements'),
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
