/** The rows that `anchorage train` reports, and how near they are to those of TRL. */
import {readFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {z} from 'zod';
import {readGolden, tensorOf} from './goldens.js';

/** A step of the goldens. */
export const goldenRow = z.object({
  loss: z.number(),
  grad_norm: z.number(),
  learning_rate: z.number(),
  'rewards/chosen': z.number(),
  'rewards/rejected': z.number(),
  'rewards/margins': z.number(),
  'rewards/accuracies': z.number(),
  'logps/chosen': z.number(),
  'logps/rejected': z.number(),
});
const row = goldenRow.extend({step: z.int(), epoch: z.number(), kl: z.number(), num_tokens: z.int()});
const goldens = z.record(z.string(), z.object({steps: z.array(goldenRow)}));

export const rowsOf = (file: string): z.infer<typeof row>[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => row.parse(JSON.parse(line)));

/** Whether twelve rows over the goldens' pairs in file order are TRL's, whose APO losses are the paper's plus 1. */
export async function goLikeTrl(t: ExecutionContext, file: string, golden: string): Promise<void> {
  const rows = rowsOf(file);
  const {steps} = tensorOf(
    new Map(Object.entries(await readGolden('expected-training.json', goldens))),
    golden,
  );
  t.is(rows.length, 12);
  for (const [index, wanted] of steps.entries()) {
    const ours = rows[index];
    if (ours === undefined) return t.fail(`there is no step ${index + 1}`);
    const near = (name: keyof typeof wanted, value: number, tolerance: number): void => {
      const isNear = Math.abs(value - wanted[name]) <= tolerance;
      t.true(isNear, `${name} of step ${ours.step}: ${value}, not ${wanted[name]}`);
    };
    t.is(ours.step, index + 1);
    t.is(ours.epoch, (index + 1) / 3);
    near('loss', golden.startsWith('apo') ? ours.loss + 1 : ours.loss, 1e-3 * wanted.loss);
    near('grad_norm', ours.grad_norm, 1e-3 * wanted.grad_norm);
    near('learning_rate', ours.learning_rate, 1e-12);
    for (const name of ['logps/chosen', 'logps/rejected'] as const) near(name, ours[name], 2e-2);
    for (const name of ['rewards/chosen', 'rewards/rejected', 'rewards/margins'] as const)
      near(name, ours[name], 2e-3);
    // At the first step both rewards are 0 and rounding decides which is the higher.
    if (index > 0) near('rewards/accuracies', ours['rewards/accuracies'], 1e-9);
  }
}
