/**
 * Learner: pairs → checkpoints. Reads the pair log in order, takes a step a batch, and publishes the policy. Several train as
 * one: all read the same log and make the same batches of it, and the first of them leads.
 *
 * I1: a checkpoint's message is published when all of its files are complete; only the message makes them count.
 * I2: what is asked of the run changes it between two steps, never inside one.
 * I3: a pair counts as trained through a checkpoint only: what came after the newest one is read and trained again.
 */
import {randomUUID} from 'node:crypto';
import {defer, filter, firstValueFrom, map, type Observable} from 'rxjs';
import {type PreferencePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import {reject, rejectedPair} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run.js';
import {firstAdapterOf} from '../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../runtime/fleet/checkpoints/policy.js';
import {retention} from '../../runtime/fleet/checkpoints/retention.js';
import {followControls} from '../../runtime/fleet/control/controls.js';
import {inForceAt, runStateOf} from '../../runtime/fleet/control/decisions.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {learnerMemory} from '../../runtime/fleet/file/learner-memory.js';
import {loadFleet} from '../../runtime/fleet/file/load.js';
import {partsOf} from '../../runtime/fleet/file/part-count.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {Feeding, Progress} from '../../runtime/fleet/progress.js';
import {createLearner} from '../../runtime/learning/learner.js';
import {memoryLine} from '../../runtime/learning/memory-plan.js';
import {createShardLearner} from '../../runtime/learning/shards/shard-learner.js';
import {loadCheckpoint} from '../../runtime/model/files/checkpoint.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {batchesOf, firstSequenceOf} from './batches.js';
import {follow} from './follow.js';
import {withCrews} from './io/crew.js';
import {
  checkpointAt,
  publishFirst,
  publishLast,
  readNewest,
  readTraining,
  saveTraining,
} from './io/training-saves.js';
import {initialState} from './io/training-state.js';
import {lead} from './lead.js';
import {createStalenessMeter, isStale, staleDetail} from './staleness.js';
import {goTo, type Outside, type Training} from './training.js';

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(async () => {
    const training = await openTraining(context);
    try {
      const outside = outsideOf(context, training);
      await withCrews(context, training.id, (crew) => {
        const part = {context, training, crew, outside};
        return crew.exchange.self === 0 ? lead(part) : follow(part);
      });
    } finally {
      training.controls.close();
    }
  });

const openTraining = async (context: ActorContext<Fleet>): Promise<Training> => {
  const {bus, fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'learner'),
    work: 'training',
    precision: fleet.precision,
  });
  log.info({reason}, 'executor');
  const policy = await withFirstPolicy(context, fleet, loadCheckpoint);
  const adapter = firstAdapterOf(fleet, policy.config);
  const base = adapter === undefined ? policy : {...policy, adapter};
  const controls = await followControls(bus);
  const taken = (await bus.last('checkpoints'))?.message.step ?? 0;
  // Of the last step taken, if any: what is in force from the next one on is asked when that begins.
  const objective = await firstValueFrom(
    controls.heard$.pipe(
      map((heard) => inForceAt(heard, Math.max(1, taken))),
      filter((inForce) => inForce !== undefined),
      map(({revision, spec}) => ({revision, ...spec.objective})),
    ),
  );
  const {microBatchSize} = fleet.training;
  const memory = learnerMemory(fleet, base.config, executor.name);
  if (memory !== undefined) log.info({memory: memoryLine(memory)}, 'memory');
  const options = {
    objective: objective.name,
    ...(microBatchSize !== undefined && {microBatchSize}),
    ...(memory && {keptBytes: memory.keptBytes}),
    batchSize: fleet.training.batchSize,
    maxGradNorm: fleet.training.maxGradNorm,
    maxTokens: fleet.policy.maxPromptTokens + fleet.policy.maxCompletionTokens,
  };
  const parts = partsOf(fleet);
  const learner =
    parts === 1
      ? await createLearner(base, executor, options)
      : await createShardLearner(base, executor, {...options, parts});
  const {directory, config, tokenizer, weightsSha256} = base;
  return {
    model: {directory, config, tokenizer, weightsSha256, ...(adapter && {adapter})},
    learner,
    backend: executor.name,
    backendReason: reason,
    controls,
    objective,
    id: randomUUID(),
    state: initialState,
    published: 0,
    saved: [],
    retain: retention(context, fleet),
    staleness: createStalenessMeter(fleet, taken),
  };
};

/** What the work on this training does outside its process. */
const outsideOf = (context: ActorContext<Fleet>, training: Training): Outside => {
  const {bus, fleet, log} = context;
  let fed: Promise<number> | undefined;
  /** The last sequence of the log; asked for once, however many epochs of members wait for it. */
  const fedThrough = (): Promise<number> => {
    fed ??= firstValueFrom(
      bus.control.watch<Feeding>('phase').pipe(
        filter((phase) => phase.feeding === 'done'),
        map(({pairs}) => pairs),
      ),
    );
    return fed;
  };
  return {
    async goToNewest() {
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

    async goToEntry(sequence) {
      const checkpoint = sequence === 0 ? undefined : await checkpointAt(bus, sequence);
      goTo(training, await readTraining(context, training, checkpoint));
    },

    batches({stop, onStale}) {
      const {batchSize, epochs, maxPairs} = fleet.training;
      const {position: from, step} = training.state;
      const plan = {
        batchSize,
        epochs,
        maxPairs,
        seed: fleet.seed,
        from,
        step,
        isStale: (pair: PreferencePair, at: number) => isStale(pair, at, fleet),
        onStale,
        end: fedThrough(),
        stop,
      };
      return batchesOf(bus.read('pairs', {sequence: firstSequenceOf(plan), through: plan.end}), plan);
    },

    rejectStale: (pair, step) =>
      reject(
        context,
        rejectedPair(pair),
        RejectionReason.REJECTION_REASON_STALE,
        staleDetail(pair, step, fleet),
      ),

    async waitingAfter(sequence) {
      // A server that is away must not cost more than a number in a row.
      const log = await bus.state('pairs').catch(() => undefined);
      return log && log.lastSequence - sequence;
    },

    async announce(phase) {
      const {state, controls, backend, backendReason} = training;
      const {step, position, policyVersion, pairSequence, pairsTrained} = state;
      const {lastStep: steps = fleet.training.steps} = runStateOf(controls.heard);
      const progress = {step, steps, epoch: position.epoch, policyVersion, pairSequence, pairsTrained, phase};
      await bus.control.put<Progress>('progress', {...progress, backend, backendReason});
    },

    publishFirst: (saving) => publishFirst(context, training, saving),
    publishLast: (saving) => publishLast(context, training, saving),
    save: (saving, learnt) => saveTraining(context, training, saving, learnt),
  };
};

await runActor('learner', loadFleet, start);
