/** The rows that `anchorage train` reports, and how near they are to those of TRL. */
import {readFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import * as z from 'zod';
import {readGolden, tensorOf} from './goldens.js';
import {compareWithTrl, goldenRow} from './trajectory.js';

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
    t.is(ours.step, index + 1);
    t.is(ours.epoch, (index + 1) / 3);
    const loss = golden.startsWith('apo') ? ours.loss + 1 : ours.loss;
    compareWithTrl(t, index, {...ours, loss}, wanted);
  }
}
