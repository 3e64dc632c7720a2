/** Which suites score which checkpoints. */
import test from 'ava';
import {isDue, isScored, owedScores, scoreKey} from '../../../../runtime/fleet/evaluation/due.js';

const every = {when: undefined};
const latest = {when: 'latest'} as const;
const third = {when: {every: 3}};
const at = (policyVersion: number, final = false) => ({policyVersion, final});

test('Every checkpoint is due unless its suite says otherwise', (t) => {
  const due = (when: Parameters<typeof isDue>[0], newest: number) =>
    [0, 1, 2, 3, 4, 5, 6].filter((version) => isDue(when, at(version), {newest, isAgain: false}));
  t.deepEqual(due(every, 6), [0, 1, 2, 3, 4, 5, 6]);
  t.deepEqual(due({when: 'every'}, 6), [0, 1, 2, 3, 4, 5, 6]);
  t.deepEqual(due(third, 6), [0, 3, 6]);
  t.deepEqual(due(latest, 6), [0, 6]);
  // Of those that are taken up in time nothing is newer.
  t.deepEqual(due(latest, 4), [0, 4, 5, 6]);
});

test('The last is due by every suite, whatever its number', (t) => {
  const last = at(4, true);
  for (const when of [every, third, latest]) t.true(isDue(when, last, {newest: 4, isAgain: false}));
});

test('The last that was published before is due by those suites alone that it was not due by then', (t) => {
  const before = (when: Parameters<typeof isDue>[0], version: number) =>
    isDue(when, at(version), {newest: version, isAgain: false});
  const again = (when: Parameters<typeof isDue>[0], version: number) =>
    isDue(when, at(version, true), {newest: version, isAgain: true});
  for (const when of [every, third, latest])
    for (const version of [3, 4]) t.is(Number(before(when, version)) + Number(again(when, version)), 1);
});

const fleet = {seed: 5};
const suites = [
  {suite: 'arithmetic', count: 1, maxCompletionTokens: 1},
  {suite: 'heldout', holdOut: 1, name: 'pairs', when: 'latest', seed: 9},
  {suite: 'perplexity', file: 'a', windowTokens: 2, when: {every: 2}},
] as const;
const score = (suite: string, policyVersion: number, name = '', seed: number | null = 5) => ({
  ...{suite, name, seed, policyVersion, step: policyVersion},
  ...{score: 0, items: 1, seconds: 1, weightsSha256: ''},
});

test('A run that trains no more is owed what its suites say, and nothing that was passed over', (t) => {
  const checkpoints = [0, 1, 2, 3, 3].map((policyVersion) => ({policyVersion}));
  const owed = (scores: Parameters<typeof owedScores>[3]) =>
    owedScores(suites, fleet, checkpoints, scores).map(({name, policyVersion}) => `${name} ${policyVersion}`);
  t.deepEqual(owed([]), [
    ...['arithmetic 0', 'arithmetic 1', 'arithmetic 2', 'arithmetic 3'],
    ...['pairs 0', 'pairs 3', 'perplexity 0', 'perplexity 2', 'perplexity 3'],
  ]);
  const made = [
    ...[0, 1, 2, 3].map((version) => score('arithmetic', version)),
    ...[0, 2, 3].map((version) => score('heldout', version, 'pairs', 9)),
    ...[0, 2].map((version) => score('perplexity', version)),
  ];
  t.deepEqual(owed(made), ['perplexity 3']);
  t.deepEqual(owed([...made, score('perplexity', 3)]), []);
  const unscored = {'perplexity-5-3': 'the file is gone'};
  t.deepEqual(owedScores(suites, fleet, checkpoints, made, unscored), []);
});

test('Scores are told apart by name, seed and policy version; one of an earlier version by its suite', (t) => {
  t.is(scoreKey(score('heldout', 3, 'pairs', 9)), 'pairs-9-3');
  t.is(scoreKey(score('arithmetic', 3)), 'arithmetic-5-3');
  t.is(scoreKey(score('arithmetic', 3, '', null)), 'arithmetic-3');
  const [arithmetic, pairs] = suites;
  t.true(isScored(arithmetic, fleet, 3, new Set(['arithmetic-5-3'])));
  t.true(isScored(arithmetic, fleet, 3, new Set(['arithmetic-3'])));
  t.false(isScored(arithmetic, {seed: 6}, 3, new Set(['arithmetic-5-3'])));
  t.false(isScored(pairs, fleet, 3, new Set(['pairs-5-3', 'pairs-9-4'])));
});
