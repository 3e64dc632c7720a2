import test from 'ava';
import * as z from 'zod';
import {createPretrainer} from '../../../runtime/learning/pretrainer.js';
import {packRows, type Rows} from '../../../runtime/model/text/token-rows.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {goldenModel, goldenTokens, readGolden, tensorOf} from '../../helpers/goldens.js';

/** Pair 1 of the goldens: its chosen and its rejected sequence, with completions to predict. */
async function batchOfTwo(): Promise<Rows & {length: number}> {
  const pair = (await goldenTokens())[1];
  if (pair === undefined) throw new Error('the goldens have no pair 1');
  const {promptIds, chosenIds, rejectedIds} = pair;
  const length = promptIds.length + Math.max(chosenIds.length, rejectedIds.length);
  const sequences = [chosenIds, rejectedIds].map((completionIds) => ({promptIds, completionIds}));
  return {length, ...packRows(sequences, length, 0)};
}

test('the loss is the mean negative log-probability over the completions’ tokens', async (t) => {
  const forward = await readGolden(
    'expected-forward.json',
    z.record(
      z.string(),
      z.looseObject({chosen_logps: z.array(z.number()), rejected_logps: z.array(z.number())}),
    ),
  );
  const {chosen_logps, rejected_logps} = tensorOf(new Map(Object.entries(forward)), 'llama');
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const {length, ...batch} = await batchOfTwo();
  const pretrainer = await createPretrainer(await goldenModel(), executor, {rows: 2, tokens: length});
  t.teardown(() => pretrainer.dispose());
  const tokens = batch.completionMask.reduce((total, value) => total + value, 0);
  const wanted = -((chosen_logps[1] ?? Number.NaN) + (rejected_logps[1] ?? Number.NaN)) / tokens;
  const loss = await pretrainer.step(batch, 1e-3);
  t.true(Math.abs(loss - wanted) < 1e-4 * wanted, `${loss} is not ${wanted}`);
});

test('repeated steps learn the sequences, every weight included', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const {length, ...batch} = await batchOfTwo();
  const model = await goldenModel();
  const pretrainer = await createPretrainer(model, executor, {rows: 2, tokens: length});
  t.teardown(() => pretrainer.dispose());
  let loss = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 40; step++) loss = await pretrainer.step(batch, 3e-3);
  t.true(loss < 1, `${loss}`);
  const weights = await pretrainer.weights();
  t.deepEqual([...weights.keys()], [...model.weights.keys()]);
  for (const [name, {data}] of weights) t.notDeepEqual(data, tensorOf(model.weights, name).data, name);
});
