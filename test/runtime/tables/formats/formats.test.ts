import test from 'ava';
import {tableFormats} from '../../../../runtime/tables/formats/formats.js';
import {type GridReport, gridReport} from '../../../../runtime/tables/grid-report.js';

const graded = (step: number, right: number) => ({
  step,
  grades: Array.from({length: 10}, (_, item) => (item < right ? 1 : 0)),
});
const ids = Array.from({length: 10}, (_, item) => String(item));

const reportOf = (names: readonly [string, string]): GridReport =>
  gridReport(
    {
      name: 'grid <b>',
      suite: 'exact_match of a & b',
      shape: {datasets: names, objectives: ['dpo', 'apo_zero'], seeds: [0]},
      leftOut: 0,
    },
    names.flatMap((dataset, place) =>
      ['dpo', 'apo_zero'].map((objective, more) => ({
        dataset,
        objective,
        seed: 0,
        ids,
        base: graded(0, 5),
        checkpoints: [graded(10, 6 + place + more), graded(20, 5 + place + more)],
      })),
    ),
  );
const report = reportOf(['judge_on_policy', 'clair']);

test('text: a row a cell, the numbers below each other, the best of each dataset and of all marked', (t) => {
  const lines = tableFormats.txt(report).split('\n');
  t.is(lines[0]?.startsWith('grid <b>: exact_match of a & b, 10 items, seed 0; 50.00 ['), true);
  t.regex(lines[3] ?? '', /^Judge on-policy {2}DPO {8,}10\.00 {4}/);
  t.regex(lines[4] ?? '', /^ {17}APO-zero {2,}20\.00 \* {2}/);
  t.regex(lines[6] ?? '', /^ {17}APO-zero {2,}30\.00 \*\* {2}/);
  t.true(lines.every((line) => line === line.trimEnd()));
});

test('Markdown: a table of six columns in each row', (t) => {
  const rows = tableFormats
    .md(report)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  t.is(rows.length, 6);
  t.true(rows.every((row) => row.split('|').length === 8));
  t.true(rows[5]?.startsWith('| CLAIR | APO-zero | **30.00** |'));
});

test('CSV: RFC 4180, quoted where it must be', (t) => {
  const [header, first] = tableFormats.csv(reportOf(['a,"b"', 'c'])).split('\r\n');
  t.is(header?.split(',').length, 12);
  t.true(first?.startsWith('"a,""b""",dpo,1,10,'));
});

test('JSON: all numbers, and the learning curves', (t) => {
  const {rows, curves, runs} = JSON.parse(tableFormats.json(report));
  t.is(rows.length, 4);
  t.is(rows[3].max.value, 30);
  t.deepEqual(curves[3].points, [
    {step: 0, score: 0.5},
    {step: 10, score: 0.8},
    {step: 20, score: 0.7},
  ]);
  t.deepEqual(runs, {all: 4, complete: 4});
});

test('LaTeX: what TeX would take for its own is escaped, the best underlined and bold', (t) => {
  const text = tableFormats.tex(reportOf(['a_b', '50%']));
  t.true(text.includes('a\\_b & DPO'));
  t.true(text.includes('50\\% & DPO'));
  t.true(text.includes('\\textbf{\\underline{30.00}}'));
  t.is(text.split('\n').filter((line) => line.includes('&')).length, 5);
});

test('HTML: one page without script or network, in which names are text', (t) => {
  const page = tableFormats.html(reportOf(['<script>', 'clair']));
  t.false(page.includes('<script'));
  t.true(page.includes('&#60;script&#62;'));
  t.false(/(?:src|href)=/.test(page));
  // A chart a dataset, a line an objective.
  t.is(page.split('<svg ').length - 1, 2);
  t.is(page.split('<path class="line').length - 1, 4);
});

test('what a suite says besides its score is a second table, before training and at the end, in the mean over seeds', (t) => {
  const run = (objective: string, seed: number, logps: number) => ({
    ...{dataset: 'clair', objective, seed, ids, base: graded(0, 0), checkpoints: [graded(10, 5)]},
    metrics: {before: {'logps/chosen': -50 - seed, odd: 1}, last: {'logps/chosen': logps}},
  });
  const held = gridReport(
    {
      ...{name: 'grid', suite: 'heldout', leftOut: 0, notes: ['50 is chance.']},
      shape: {datasets: ['clair'], objectives: ['dpo', 'sft'], seeds: [0, 1]},
    },
    [run('dpo', 0, -60), run('dpo', 1, -70), run('sft', 0, -40), run('sft', 1, -42.5)],
  );
  const text = tableFormats.txt(held).split('\n');
  t.is(text[1], '50 is chance.');
  t.deepEqual(text.slice(-5), [
    'Dataset  Objective  logps/chosen',
    'CLAIR    before           -50.50',
    '         DPO              -65.00',
    '         SFT              -41.25',
    '',
  ]);
  t.true(tableFormats.md(held).endsWith('| CLAIR | SFT | -41.25 |\n'));
  t.true(tableFormats.tex(held).includes(' & SFT & -41.25 \\\\\n'));
  const [header, , sft] = tableFormats.csv(held).split('\r\n');
  t.deepEqual([header?.split(',').at(-1), sft?.split(',').at(-1)], ['logps/chosen', '-41.25']);
  t.deepEqual(JSON.parse(tableFormats.json(held)).metrics.rows[2], {
    dataset: 'clair',
    objective: 'sft',
    values: [-41.25],
  });
  t.regex(tableFormats.html(held), /50 is chance\.[\s\S]*logps\/chosen[\s\S]*-41\.25/);
});
