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
import type {ActorContext} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {firstAdapterOf} from '../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../runtime/fleet/checkpoints/policy.js';
import {retention} from '../../runtime/fleet/checkpoints/retention.js';
import {followControls} from '../../runtime/fleet/control/controls.js';
import {inForceAt} from '../../runtime/fleet/control/decisions.js';
import {threadsOf} from '../../runtime/fleet/cores.js';
import {learnerMemory} from '../../runtime/fleet/file/learner-memory.js';
import {partsOf} from '../../runtime/fleet/file/part-count.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {createLearner} from '../../runtime/learning/learner.js';
import {memoryLine} from '../../runtime/learning/memory-plan.js';
import {createShardLearner} from '../../runtime/learning/shards/shard-learner.js';
import {loadCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {follow} from './follow.js';
import {withCrews} from './io/crew.js';
import {outsideOf} from './io/outside.js';
import {initialState} from './io/training-state.js';
import {lead} from './lead.js';
import {createStalenessMeter} from './staleness.js';
import type {Training} from './training.js';

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
    ...(memory && {keptBytes: memory.keptBytes, recompute: memory.recompute}),
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

await runActor('learner', loadFleet, start);
