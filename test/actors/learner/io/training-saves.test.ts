/** What a learner leaves behind of its checkpoints, and who takes it up. */

import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readNewest, type Saves, saveTraining} from '../../../../actors/learner/io/training-saves.js';
import {initialState} from '../../../../actors/learner/io/training-state.js';
import type {ActorContext} from '../../../../runtime/actor/context.js';
import {retention} from '../../../../runtime/fleet/checkpoints/retention.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {loadCheckpoint} from '../../../../runtime/model/files/checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('A learner that goes on removes what the one before it would have: no state of the optimizer stays for ever', async (t) => {
  const runFolder = temporaryFolder(t);
  const context = {
    bus: await withBus(t, await withNatsServer(t)),
    fleet: await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml')),
    runFolder,
    name: 'learner',
    index: 0,
    signal: new AbortController().signal,
    log: {info: () => undefined},
    warn: () => undefined,
    timed: (_: string, work: () => Promise<unknown>) => work(),
  } as unknown as ActorContext<Fleet>;
  const model = await loadCheckpoint(demoPolicyFolder);
  const objective = {...context.fleet.objective, revision: 1};
  const opened = (id: string): Saves => ({
    model,
    id,
    published: 0,
    saved: [],
    retain: retention(context, context.fleet),
  });
  const saveAt = (saves: Saves, step: number): Promise<void> => {
    const state = {...initialState, step, policyVersion: step};
    const slots = new Map([['optimizer.mean', {shape: [1], dtype: 'float32', data: Float32Array.of(step)}]]);
    return saveTraining(context, saves, {state, objective, final: false}, {
      weights: model.weights,
      slots,
    } as Parameters<typeof saveTraining>[3]);
  };
  const kept = (): string[] =>
    readdirSync(join(runFolder, 'training')).filter((file) => file.endsWith('.json'));

  const first = opened('first');
  for (const step of [1, 2, 3]) await saveAt(first, step);
  t.deepEqual(kept(), ['step-000002.json', 'step-000003.json']);
  const [gone] = first.saved[1]?.trainingFiles ?? [];

  const second = opened('second');
  t.is((await readNewest(context, second))?.state.step, 3);
  t.is(second.saved[0]?.step, 3);
  await saveAt(second, 4);
  t.deepEqual(kept(), ['step-000003.json', 'step-000004.json']);
  t.false(await context.bus.blobs.has(gone?.sha256 ?? ''));
});
