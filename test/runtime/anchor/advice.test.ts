/** How sure a share is, and which anchor follows from it. */
import test from 'ava';
import {anchorAdvice} from '../../../runtime/anchor/advice.js';
import {recorded} from '../../../runtime/data/describe/recorded.js';
import {shareOf} from '../../../runtime/statistics/share.js';

/** Successes, trials, low, high. */
const INTERVALS = [
  [0, 10, 0, 0.27753279986288915],
  [5, 10, 0.236593090512564, 0.7634069094874361],
  [34, 40, 0.709276756335103, 0.9293881228267964],
  [26, 40, 0.495058808372577, 0.7786547112682372],
  [40, 40, 0.9123783988027134, 1],
] as const;

test('The interval ends where (share − p)² = z² p (1 − p) / n, found by bisection elsewhere', (t) => {
  for (const [successes, trials, low, high] of INTERVALS) {
    const share = shareOf(successes, trials);
    t.true(Math.abs(share.low - low) < 1e-9, `${share.low} ${low}`);
    t.true(Math.abs(share.high - high) < 1e-9, `${share.high} ${high}`);
  }
});

test('The interval of none, and of all, ends at 0 and at 1 themselves', (t) => {
  for (const trials of [1, 3, 7, 10, 49, 300]) {
    t.is(shareOf(0, trials).low, 0);
    t.is(shareOf(trials, trials).high, 1);
  }
});

const comparisons = (wins: number, losses: number, undecided = 0) => ({
  wins,
  losses,
  undecided,
  by: 'judge j',
});

test('Winners that are better want apo_zero, worse ones apo_down, each with its figures', (t) => {
  const better = anchorAdvice(comparisons(34, 6, 2), false);
  t.is(better.objective, 'apo_zero');
  t.regex(
    better.reason,
    /beat the policy’s in 34 of 40 \(85\.0 %, 95 % interval 70\.9 % to 92\.9 %; by judge j, 2 undecided and left out\)/,
  );
  const worse = anchorAdvice(comparisons(9, 31), true);
  t.is(worse.objective, 'apo_down');
  t.is(worse.evidence, 'comparisons');
  t.is(worse.winners?.share, 9 / 40);
});

test('Where the interval holds one half, or nothing is known, it cannot be told', (t) => {
  const close = anchorAdvice(comparisons(23, 17), true);
  t.is(close.objective, null);
  t.regex(close.reason, /^cannot tell: .* holds one half/);
  t.like(anchorAdvice(undefined, false), {objective: null, evidence: 'none'});
  t.like(anchorAdvice(comparisons(0, 0, 5), false), {objective: null, evidence: 'none', undecided: 5});
});

test('Few comparisons tell nothing, though they all agree: the interval alone is too sure of them', (t) => {
  for (const [wins, losses] of [
    [4, 0],
    [0, 5],
    [7, 1],
  ] as const) {
    const advice = anchorAdvice(comparisons(wins, losses), true);
    t.is(advice.objective, null);
    t.regex(
      advice.reason,
      /^cannot tell: .*: too few, since chance alone gives as much in \d+\.\d % of cases \(exact sign test\)/,
    );
  }
  t.is(anchorAdvice(comparisons(6, 0), false).objective, 'apo_zero');
  t.is(anchorAdvice(comparisons(5, 15), false).objective, 'apo_down');
});

test('A recipe that puts the chosen above the policy’s own answer is no measurement, and is said to be none', (t) => {
  const advice = anchorAdvice(undefined, true);
  t.like(advice, {objective: 'apo_zero', evidence: 'recipe', winners: null});
  t.regex(advice.reason, /not measured/);
});

test('Of recorded answers those count that set a chosen one against the policy’s', (t) => {
  const known = recorded('own');
  known.add('p', [
    {text: 'good ', model: 'other', score: 0.9},
    {text: 'mine', model: 'own', score: 0.1},
  ]);
  known.add('q', [
    {text: 'bad', model: 'other', score: 1},
    {text: 'mine', model: 'own', score: 7},
    {text: 'as mine', model: 'third', score: 7},
    {text: 'unjudged', model: 'fourth'},
  ]);
  known.add('r', [{text: 'good', model: 'other', score: 2}]);
  t.is(known.rows, 2);
  for (const [prompt, chosen] of [
    ['p', 'good'],
    ['q', 'bad'],
    ['q', 'as mine'],
    ['q', 'unjudged'],
    ['r', 'good'],
    ['q', 'good'],
  ] as const)
    known.compare(prompt, chosen);
  t.like(known.comparisons, {wins: 1, losses: 1, undecided: 1, by: 'recorded scores against own'});
});
