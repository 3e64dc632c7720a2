/** A run whose checkpoints are the shipped policy, for evaluators in processes of their own. */
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {firstValueFrom, map, take, toArray} from 'rxjs';
import type {Checkpoint, EvaluationScore} from '../../proto/messages.js';
import {policyFiles} from '../../runtime/fleet/checkpoints/content.js';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import type {FleetInput} from '../../runtime/fleet/file/schema.js';
import {loadCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {type ActorProcess, fleetOf, startActor} from './actor-process.js';
import {checkpointMessage} from './checkpoint-message.js';
import {withBus, withNatsServer} from './nats.js';
import {temporaryFolder} from './temporary.js';

/** How texts are cut in such a run. */
export const limits = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32} as const;

export const openEvaluatedRun = async (
  t: ExecutionContext,
  evaluation: FleetInput['evaluation'],
  parts: Partial<FleetInput> = {},
) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const runFolder = temporaryFolder(t);
  const fleet = {
    ...fleetOf({
      endpoints: {teacher: {demo: true}, ...parts.endpoints},
      actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
    }),
    ...parts,
    endpoints: {teacher: {demo: true as const}, ...parts.endpoints},
    policy: {model: demoPolicyFolder, ...limits},
    evaluation,
  };
  return {
    server,
    bus,
    publish: (checkpoint: Checkpoint, id = `version-${checkpoint.policyVersion}`) =>
      bus.publish('checkpoints', checkpoint, id),
    runFolder,
    start: (index = 0) => startActor(t, 'evaluator', fleet, server.url, {}, {run: 'run', runFolder, index}),
    /** The first scores that are published. Rejects where the actor ends before. */
    firstScores: async (actor: ActorProcess, count: number): Promise<EvaluationScore[]> => {
      const scores = bus.entries('scores', {sequence: 1}).pipe(
        take(count),
        map(({message}) => message),
        toArray(),
      );
      const ended = actor.ended.then((end) => Promise.reject(new Error(JSON.stringify(end))));
      return Promise.race([firstValueFrom(scores), ended]);
    },
  };
};

/** The shipped policy as the checkpoint that a learner writes of a step. */
export const policyAt = async (
  runFolder: string,
  step: number,
  fields: Partial<Checkpoint> = {},
): Promise<Checkpoint> => {
  const message = checkpointMessage(step, fields);
  const folder = join(runFolder, message.folder);
  cpSync(demoPolicyFolder, folder, {recursive: true});
  const {weightsSha256} = await loadCheckpoint(folder);
  return {...message, weightsSha256, files: await policyFiles(folder)};
};
