import test from 'ava';
import {judgeLines} from '../../../runtime/dashboard/judge-lines.js';
import {writeReport} from '../../../runtime/dashboard/report.js';
import {fleetSchema} from '../../../runtime/fleet/file/schema.js';
import {fleetOf} from '../../helpers/actor-process.js';
import {runFolderOf} from '../../helpers/run-folder.js';

test('a judge’s bias of position and its agreement with itself are told, of all its processes together', async (t) => {
  const row = (index: number, verdicts: number) => ({
    ...{
      time: Date.UTC(2026, 0, 1) + 11_000,
      actor: 'judge',
      index,
      'judgments/verdicts': verdicts,
      'judgments/first': verdicts / 2 + 5,
    },
    ...{'judgments/twice': verdicts / 2, 'judgments/agreed': verdicts / 2 - 10},
  });
  const folder = await runFolderOf(t, {metrics: [row(0, 40), row(1, 60)]});
  const {result, text} = await writeReport(folder);
  t.is(result.judge_first_share, 0.6);
  t.is(result.judge_agreement, 0.6);
  t.regex(
    text,
    /^Judge +60\.0 % of verdicts prefer the answer shown first; 60\.0 % of pairs are judged alike in both orders$/m,
  );
});

test('a judge that prefers a place is named, once it gave enough verdicts, with what its pairs are worth', (t) => {
  const said = (first: number, verdicts: number, orders: 'both' | 'seeded') =>
    judgeLines({judge_first_share: first, judge_verdicts: verdicts}, orders);
  t.deepEqual(said(0.95, 40, 'seeded'), [
    "warning: 95.0 % of the judge's 40 verdicts prefer the answer shown first, whichever it is: its pairs are by chance; take a stronger judge, or set actors.judge.orders to both, which rejects them",
  ]);
  t.deepEqual(said(0.05, 40, 'both'), [
    "warning: 95.0 % of the judge's 40 verdicts prefer the answer shown second, whichever it is; take a stronger judge",
  ]);
  t.deepEqual(said(0.85, 40, 'both'), []);
  t.deepEqual(said(1, 19, 'both'), []);
  t.deepEqual(judgeLines({judge_first_share: null, judge_verdicts: 0}, undefined), []);
});

test('a run whose answers were recorded says so, and has no number that is none', async (t) => {
  const time = Date.UTC(2026, 0, 1);
  const metrics = [
    {time, actor: 'sampler', index: 0, prompts: 0},
    {time: time + 1000, actor: 'learner', index: 0, step: 1, loss: 1, pairs: 16},
    {time: time + 2000, actor: 'sampler', index: 0, prompts: 200},
  ];
  const fleet = fleetSchema.parse({
    ...fleetOf({actors: {}}),
    datasets: [{dataset: 'judge_off_policy', by: 'scores'}],
  });
  const {result, text} = await writeReport(await runFolderOf(t, {metrics, fleet}));
  t.is(result.prompts, 200);
  t.regex(text, /^Prompts +200 handed on with recorded answers of 100 of the demonstration, seed 0$/m);
  t.notRegex(text, /NaN/);
});
