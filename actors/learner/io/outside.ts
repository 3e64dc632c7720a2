/** What a learner does outside its process: it reads pairs, writes and publishes checkpoints, and says where it is. */
import {filter, firstValueFrom, map} from 'rxjs';
import type {PreferencePair} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {reject, rejectedPair} from '../../../runtime/actor/reject.js';
import {runStateOf} from '../../../runtime/fleet/control/decisions.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {type Feeding, type Progress, sayProgress} from '../../../runtime/fleet/progress.js';
import {type Batch, type BatchPlan, batchesOf, firstSequenceOf} from '../../../runtime/learning/batches.js';
import {goTo, type Training} from '../training.js';
import {unfitness} from '../unfit.js';
import type {Crew} from './crew.js';
import {
  checkpointAt,
  type Learnt,
  publishFirst,
  publishLast,
  readNewest,
  readTraining,
  type Saving,
  saveTraining,
} from './training-saves.js';

/** How the batches of a learner are read. */
type Reading = Required<Pick<BatchPlan<PreferencePair>, 'stop' | 'onUnfit'>>;

export type Outside = ReturnType<typeof outsideOf>;

export const outsideOf = (context: ActorContext<Fleet>, training: Training) => {
  const {bus, fleet, log} = context;
  const whyUnfit = unfitness(fleet, training.model.config);
  let fed: Promise<number> | undefined;
  /** The last sequence of the log; asked for once, however many epochs of members wait for it. */
  const fedThrough = (): Promise<number> => {
    fed ??= firstValueFrom(
      bus.kv.watch<Feeding>('phase').pipe(
        filter((phase) => phase.feeding === 'done'),
        map(({pairs}) => pairs),
      ),
    );
    return fed;
  };
  return {
    /** Goes to the newest checkpoint there is; resolves to its sequence, 0 for the policy before training. */
    async goToNewest(): Promise<number> {
      const found = await readNewest(context, training);
      if (found === undefined) {
        if (training.state.step > 0) goTo(training, await readTraining(context, training, undefined));
        return 0;
      }
      goTo(training, found);
      const {step, pairSequence} = found.state;
      log.info({step, pairSequence}, 'resumed');
      return found.sequence;
    },

    /** Goes to a checkpoint by its sequence. */
    async goToEntry(sequence: number): Promise<void> {
      const checkpoint = sequence === 0 ? undefined : await checkpointAt(bus, sequence);
      goTo(training, await readTraining(context, training, checkpoint));
    },

    /** The batches of the pair log from where training is. */
    batches({stop, onUnfit}: Reading): AsyncGenerator<Batch<PreferencePair>> {
      const {batchSize, epochs, maxPairs} = fleet.training;
      const {position: from, step} = training.state;
      const plan = {
        batchSize,
        epochs,
        maxPairs,
        seed: fleet.seed,
        from,
        step,
        isUnfit: (pair: PreferencePair, at: number) => whyUnfit(pair, at) !== undefined,
        onUnfit,
        end: fedThrough(),
        stop,
      };
      return batchesOf(bus.read('pairs', {sequence: firstSequenceOf(plan), through: plan.end}), plan);
    },

    /** Resolves a pair that cannot be trained on by the step that follows so many others. */
    async rejectUnfit(pair: PreferencePair, step: number): Promise<void> {
      const why = whyUnfit(pair, step);
      if (why !== undefined) await reject(context, rejectedPair(pair), why.reason, why.detail);
    },

    /** Pairs on the log after a sequence; undefined where that cannot be known. */
    async waitingAfter(sequence: number): Promise<number | undefined> {
      // A server that is away must not cost more than a number in a row.
      const log = await bus.state('pairs').catch(() => undefined);
      return log && log.lastSequence - sequence;
    },

    /** Says to the run where training is. */
    async announce(phase: Progress['phase'], {number: crew}: Pick<Crew, 'number'>): Promise<void> {
      const {state, controls, backend, backendReason} = training;
      const {step, position, policyVersion, pairSequence, pairsTrained} = state;
      const {lastStep: steps = fleet.training.steps} = runStateOf(controls.heard);
      const progress = {step, steps, epoch: position.epoch, policyVersion, pairSequence, pairsTrained, phase};
      await sayProgress(bus, {...progress, backend, backendReason, crew});
    },

    /** Publishes the policy before training, where it lies: evaluators score it like every other. */
    publishFirst: (saving: Saving): Promise<void> => publishFirst(context, training, saving),
    /** Publishes the newest checkpoint once more. */
    publishLast: (saving: Saving): Promise<void> => publishLast(context, training, saving),
    /** Writes what was learnt and publishes it. */
    save: (saving: Saving, learnt: Pick<Learnt, 'weights' | 'slots'>): Promise<void> =>
      saveTraining(context, training, saving, learnt),
  };
};
