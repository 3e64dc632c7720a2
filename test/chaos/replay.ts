/** The undisturbed run with the same order of pairs: one learner alone, which nothing happens to. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Bus} from '../../runtime/bus/bus.js';
import {openBus} from '../../runtime/bus/open-bus.js';
import type {FleetInput} from '../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../runtime/fleet/progress.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {type ActorProcess, startActor} from '../helpers/actor-process.js';
import {until} from '../helpers/fleet-folder.js';
import {type Logs, stepRowsOf} from './logs.js';
import type {Scope} from './scope.js';

export interface ReplayOf {
  readonly scope: Scope;
  readonly natsUrl: string;
  readonly fleet: FleetInput;
  readonly logs: Logs;
  readonly env: Readonly<Record<string, string>>;
}

/** What one learner of one shard takes part in: a run with all pairs and decisions of another. */
const openReplay = async ({scope, natsUrl, fleet, logs, env}: ReplayOf, run: string) => {
  const bus = await openBus({url: natsUrl, run, name: 'replay'});
  scope.teardown(() => bus.drain());
  const runFolder = scope.folder();
  const {controls, acknowledgements, pairs} = logs;
  for (const [index, message] of controls.entries()) await bus.publish('controls', message, String(index));
  for (const [index, message] of acknowledgements.entries())
    await bus.publish('acknowledgements', message, String(index));
  for (const pair of pairs) await bus.publish('pairs', pair, pair.promptId);
  await bus.kv.put<Feeding>('phase', {feeding: 'done', pairs: pairs.length});
  const {learner, ...actors} = fleet.actors;
  const alone: FleetInput = {...fleet, actors: {...actors, learner: {...learner, count: 1}}};
  const start = (): ActorProcess => startActor(scope, 'learner', alone, natsUrl, env, {run, runFolder});
  return {bus, runFolder, start};
};

/** The final weights, model.safetensors as it is. */
export const replayedWeights = async (options: ReplayOf): Promise<Buffer> => {
  const {bus, runFolder, start} = await openReplay(options, 'replay');
  const {code, message} = await start().ended;
  if (code !== 0) throw new Error(`the replay's learner ended with code ${code}: ${message?.message}`);
  const last = (await bus.last('checkpoints'))?.message;
  return readFileSync(join(runFolder, last?.folder ?? '', 'model.safetensors'));
};

/**
 * What a kill of the learner costs at least: from the start of its process, with a checkpoint to load and pairs there, to its
 * next step; milliseconds. Undefined where there are too few pairs for a checkpoint before the last.
 */
export const startAndLoadMs = async (options: ReplayOf): Promise<number | undefined> => {
  const {bus, start} = await openReplay(options, 'reload');
  const first = start();
  const found = await Promise.race([
    until('a checkpoint is there', async () => {
      const step = (await bus.last('checkpoints'))?.message.step ?? 0;
      return step > 0 ? ('there' as const) : undefined;
    }),
    first.ended,
  ]);
  if (found !== 'there') return undefined;
  first.kill();
  await first.ended;
  const rowsBefore = (await rowsOf(bus)).length;
  const startedMs = Date.now();
  const second = start();
  const row = await until('the next step is taken', async () => (await rowsOf(bus))[rowsBefore]);
  second.kill();
  await second.ended;
  return row.timeUnixMs - startedMs;
};

const rowsOf = async (bus: Bus) => stepRowsOf({metrics: await logNow(bus, 'metrics')});
