/** The last save of `anchorage train`, cut short after each operation of it. */
import {cpSync, existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {MODEL_MARKS} from '../../../../../runtime/command/offline/output/output-folder.js';
import {
  type Afterwards,
  promote,
  promotionOf,
} from '../../../../../runtime/command/offline/train/promotion.js';
import {
  completeSave,
  findSave,
  optimizerOf,
} from '../../../../../runtime/command/offline/train/resume-point.js';
import type {TrainOptions} from '../../../../../runtime/command/offline/train/train-options.js';
import {
  loadCheckpoint,
  loadWeights,
  saveCheckpoint,
} from '../../../../../runtime/model/files/model-checkpoint.js';
import {goldenPath} from '../../../../helpers/goldens.js';
import {temporaryFolder} from '../../../../helpers/temporary.js';

const options = {objective: 'apo_zero', beta: 0.1} as unknown as TrainOptions;
const source = {weightsSha256: 'of the model', pairsSha256: 'of the pairs'};

/** An output folder with the save of step 4, and in checkpoint-8 that of step 8, of several shards each. */
const makeSaves = async (t: ExecutionContext, isOver: boolean) => {
  const out = join(temporaryFolder(t), 'out');
  const model = await loadCheckpoint(goldenPath('llama'));
  const optimizer = new Map([['slot', {shape: [1], dtype: 'float32' as const, data: Float32Array.of(0.5)}]]);
  const save = async (folder: string, step: number, withOptimizer: boolean) => {
    const weights = [...model.weights].map(
      ([name, tensor]) => [name, {...tensor, data: tensor.data.map((value) => value * step)}] as const,
    );
    const {weightsSha256} = await saveCheckpoint(folder, model, new Map(weights), {maxShardBytes: 100_000});
    await completeSave(folder, {options, source, step, ...(withOptimizer ? {optimizer} : {})});
    return weightsSha256;
  };
  const checkpoint = join(out, 'checkpoint-8');
  const sums = {before: await save(out, 4, true), after: await save(checkpoint, 8, !isOver)};
  t.true(readdirSync(out).filter((name) => name.endsWith('.safetensors')).length > 2);
  return {out, checkpoint, sums, config: model.config};
};

for (const isOver of [false, true]) {
  for (const afterwards of ['stays', 'goes'] satisfies Afterwards[]) {
    const run = isOver ? 'a run that is over' : 'a run that was stopped';
    test(`${run}, whose checkpoint ${afterwards}: after each operation one save is whole, and no model is half of another`, async (t) => {
      const made = await makeSaves(t, isOver);
      const count = (await promotionOf(made.checkpoint, made.out, afterwards)).length;
      for (let done = 0; done <= count; done++) {
        const out = join(temporaryFolder(t), 'out');
        cpSync(made.out, out, {recursive: true});
        const checkpoint = join(out, 'checkpoint-8');
        for (const operation of (await promotionOf(checkpoint, out, afterwards)).slice(0, done))
          await operation();

        const found = await findSave(out, options, source);
        t.is(found?.step, 8, `after ${done} operations`);
        if (found === undefined) continue;
        t.is((await loadWeights(found.folder, made.config)).weightsSha256, made.sums.after);
        if (!isOver) t.is((await optimizerOf(found)).size, 1);
        if (MODEL_MARKS.some((name) => existsSync(join(out, name))))
          t.true(Object.values(made.sums).includes((await loadCheckpoint(out)).weightsSha256));

        // Whoever takes it up again does all of it once more.
        if (found.folder === checkpoint) await promote(checkpoint, out, afterwards);
        t.is((await loadCheckpoint(out)).weightsSha256, made.sums.after);
        t.is(existsSync(join(out, 'optimizer.safetensors')), !isOver);
        t.deepEqual((await findSave(out, options, source))?.folder, out);
      }
      await promote(made.checkpoint, made.out, afterwards);
      t.is(existsSync(made.checkpoint), afterwards === 'stays');
    });
  }
}
