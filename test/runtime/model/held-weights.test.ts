/** Weights are in memory once: whoever made its own of them, or has newer ones, lets the old ones go. */
import {setTimeout} from 'node:timers/promises';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import {createLearner} from '../../../runtime/learning/learner.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {createGenerator} from '../../../runtime/model/generation/generation.js';
import {openOn} from '../../helpers/executors.js';
import {goldenPath} from '../../helpers/goldens.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What `make` makes of a model that nobody else holds, and whether one of its matrices is still in memory. */
async function holding<T>(make: (model: ModelCheckpoint) => Promise<T>) {
  const model = await loadCheckpoint(goldenPath('llama'));
  const matrix = model.weights.get('model.layers.0.mlp.down_proj.weight');
  if (matrix === undefined) throw new Error('llama has a first layer');
  const seen = new WeakRef(matrix.data);
  const made = await make(model);
  const isHeld = async (): Promise<boolean> => {
    for (let round = 0; round < 2; round++) {
      // What a turn has dereferenced lives until its end.
      await setTimeout(10);
      collect();
    }
    return seen.deref() !== undefined;
  };
  return {made, isHeld};
}

test('a learner of all weights holds none of the model that it began with', async (t) => {
  const executor = await openOn('onnx');
  const options = {objective: 'dpo', batchSize: 1, maxGradNorm: 1, maxTokens: 64};
  const {made, isHeld} = await holding((model) => createLearner(model, executor, options));
  t.false(await isHeld());
  t.true((await made.weights()).size > 0);
  await made.dispose();
});

test('a generator holds no matrices beside those in its program, the first or newer ones', async (t) => {
  const executor = await openOn('onnx');
  const {made, isHeld} = await holding((model) => createGenerator(model, executor, {rows: 2, maxTokens: 64}));
  t.false(await isHeld());
  made.reload((await loadCheckpoint(goldenPath('llama'))).weights, 1);
  const greedy = {maxNewTokens: 2, temperature: 0, topP: 1, topK: 0, seed: 0};
  const [generation] = await made.generate([{promptIds: [1, 2, 3], ...greedy}]);
  t.is(generation?.completionIds.length, 2);
  await made.dispose();
});
