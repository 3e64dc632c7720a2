import test from 'ava';
import {type Finding, lookOut} from '../../../runtime/alerts/look-out.js';
import {repeatedShare, type SeenStep} from '../../../runtime/alerts/rules.js';

/** Noise that repeats: rewards of single batches differ. */
const noise = (step: number): number => ((step * 7919) % 11) / 10 - 0.5;

/** So many steps under an objective; what is found. */
const after = (count: number, rowOf: (step: number) => Partial<SeenStep>, looking = lookOut()): Finding[] =>
  Array.from({length: count}, (_, at) => at + 1).flatMap((step) =>
    looking.step({step, objective: 'dpo', beta: 1, chosenReward: 0, margin: 0, kl: 0, ...rowOf(step)}, 1),
  );
const rulesOf = (findings: readonly Finding[]): string[] => findings.map(({rule}) => rule);

test('chosen answers that become less likely are told under DPO, once, with numbers and a remedy', (t) => {
  const found = after(100, (step) => ({chosenReward: -0.02 * step + noise(step), beta: 0.5}));
  t.deepEqual(rulesOf(found), ['chosen_likelihood']);
  t.regex(
    found[0]?.evidence ?? '',
    /^under dpo a chosen answer is [\d.]+ nats less likely than before training \(mean of steps \d+ to \d+\)$/,
  );
  t.regex(found[0]?.remedy ?? '', /section 4/);
});

test('they are not under APO-down, which asks for it, nor under SFT, nor where it may be chance', (t) => {
  for (const objective of ['apo_down', 'sft'])
    t.deepEqual(
      after(100, (step) => ({objective, chosenReward: -0.02 * step})),
      [],
    );
  t.deepEqual(
    after(100, (step) => ({chosenReward: noise(step) * 3})),
    [],
  );
});

test('a declared anchor that rewards do not keep to is told: APO-zero down, APO-down up', (t) => {
  t.deepEqual(
    rulesOf(after(60, (step) => ({objective: 'apo_zero+0.1*sft', chosenReward: -1 + noise(step)}))),
    ['anchor_zero'],
  );
  t.deepEqual(rulesOf(after(60, (step) => ({objective: 'apo_down', chosenReward: 1 + noise(step)}))), [
    'anchor_down',
  ]);
  t.deepEqual(
    after(60, (step) => ({objective: 'apo_zero', chosenReward: 1 + noise(step)})),
    [],
  );
  t.deepEqual(
    after(60, (step) => ({objective: 'apo_down', chosenReward: -1 + noise(step)})),
    [],
  );
});

test('a new objective is judged by its own steps alone, and what was told before may be told again', (t) => {
  const looking = lookOut();
  t.deepEqual(rulesOf(after(60, () => ({chosenReward: -1}), looking)), ['chosen_likelihood']);
  const next = (step: number) =>
    looking.step({step, objective: 'apo_zero', beta: 1, chosenReward: -1, margin: 0, kl: 0}, 2);
  const early = Array.from({length: 39}, (_, at) => next(61 + at)).flat();
  t.deepEqual(early, []);
  t.deepEqual(rulesOf(next(100)), ['anchor_zero']);
});

test('a KL that grows without end is told, one that levels off is not', (t) => {
  t.deepEqual(rulesOf(after(100, (step) => ({kl: 1.05 ** step}))), ['kl']);
  t.deepEqual(
    after(200, (step) => ({kl: 60 * (1 - 0.9 ** step)})).filter(({step}) => step > 60),
    [],
  );
  t.deepEqual(
    after(100, (step) => ({kl: step / 10})),
    [],
  );
});

test('a score that falls while the margin grows is told; chance, and a margin that falls too, are not', (t) => {
  const scored = (scores: readonly number[], margin: (step: number) => number): Finding[] => {
    const looking = lookOut();
    const found = [...looking.score({suite: 'arithmetic', step: 0, score: 0.5, items: 300})];
    scores.forEach((score, index) => {
      for (let step = 20 * index + 1; step <= 20 * (index + 1); step++)
        found.push(
          ...looking.step(
            {step, objective: 'apo_zero', beta: 1, chosenReward: 1, margin: margin(step), kl: 0},
            1,
          ),
        );
      found.push(...looking.score({suite: 'arithmetic', step: 20 * (index + 1), score, items: 300}));
    });
    return found;
  };
  const [found, ...more] = scored([0.6, 0.7, 0.6, 0.55, 0.45], (step) => step / 20);
  t.is(found?.rule, 'held_out');
  t.deepEqual(more, []);
  t.is(
    found?.evidence,
    'the score is 0.600 at step 60, and was 0.700 at step 40; meanwhile the margin went from 1.52 nats to 2.52 nats',
  );
  t.deepEqual(
    scored([0.6, 0.7, 0.68], (step) => step / 20),
    [],
  );
  t.deepEqual(
    scored([0.6, 0.7, 0.55], (step) => -step / 20),
    [],
  );
  // Worse than before training it is whatever the margin does.
  t.deepEqual(
    scored([0.6, 0.7, 0.3], (step) => -step / 20).map(({rule, evidence}) => [rule, evidence]),
    [['worse', 'the score is 0.300 at step 60, and was 0.500 before training']],
  );
});

test('a score is judged by its own interval: that of a perplexity is no share of right answers', (t) => {
  const foundBy = (half: number): string[] => {
    const looking = lookOut();
    const score = (step: number, value: number) =>
      looking.score({
        suite: 'perplexity',
        step,
        score: value,
        items: 20,
        low: value - half,
        high: value + half,
      });
    return [...score(0, 0.1), ...score(20, 0.07)].map(({rule}) => rule);
  };
  // The difference has a standard error of sqrt(2) * half / 1.96: 0.03 is 8.3 of them, and 1.4.
  t.deepEqual(foundBy(0.005), ['worse']);
  t.deepEqual(foundBy(0.03), []);
});

test('of several suites each is judged by its own scores, and the one that falls is named', (t) => {
  const looking = lookOut();
  const score = (suite: string, step: number, value: number) =>
    looking.score({suite, step, score: value, items: 300});
  t.deepEqual(score('arithmetic', 0, 0.2), []);
  t.deepEqual(score('ifeval', 0, 0.9), []);
  // Below the other suite's first score, and above its own.
  t.deepEqual(score('arithmetic', 20, 0.4), []);
  t.deepEqual(
    score('ifeval', 20, 0.5).map(({rule, evidence}) => [rule, evidence]),
    [['worse', 'by ifeval, the score is 0.500 at step 20, and was 0.900 before training']],
  );
});

test('answers that become longer, shorter or repeat themselves are told', (t) => {
  const answered = (first: readonly number[], last: readonly number[]): string[] => {
    const looking = lookOut();
    return Array.from({length: 64}, () => looking.answers(0, [first]))
      .concat(Array.from({length: 80}, (_, at) => looking.answers(at, [last])))
      .flat()
      .map(({rule}) => rule);
  };
  const ids = (count: number): number[] => Array.from({length: count}, (_, at) => at);
  t.deepEqual(answered(ids(20), ids(20)), []);
  t.deepEqual(answered(ids(20), ids(30)), ['length']);
  t.deepEqual(answered(ids(30), ids(20)), ['length']);
  t.deepEqual(answered(ids(20), [...ids(5), ...ids(5), ...ids(5), ...ids(5)]), ['repetition']);
});

test('answers are compared with the first ones under the same objective, whenever they are read', (t) => {
  const looking = lookOut();
  const row = {objective: 'dpo', beta: 1, chosenReward: 0, margin: 0, kl: 0};
  const answer = (policyStep: number, tokens: number) =>
    looking.answers(policyStep, [Array.from({length: tokens}, (_, at) => at)]);
  const many = (policyStep: number, tokens: number) =>
    rulesOf(Array.from({length: 64}, () => answer(policyStep, tokens)).flat());
  t.deepEqual(many(0, 20), []);
  looking.step({...row, step: 1}, 1);
  t.deepEqual(many(50, 40), ['length']);
  looking.step({...row, step: 101}, 2);
  t.deepEqual(many(50, 20), []);
  t.deepEqual(many(100, 40), []);
  t.deepEqual(many(120, 40), []);
  t.deepEqual(many(140, 60), ['length']);
});

test('a score whose rows are still to be read is no sign yet', (t) => {
  const looking = lookOut();
  const row = (step: number, margin: number) =>
    looking.step({step, objective: 'apo_zero', beta: 1, chosenReward: 1, margin, kl: 0}, 1);
  for (const [step, score] of [
    [0, 0.5],
    [20, 0.7],
    [40, 0.55],
  ] as const)
    t.deepEqual(looking.score({suite: 'arithmetic', step, score, items: 300}), []);
  // The margin grows at first, and has fallen by the step of the last score.
  const found = Array.from({length: 40}, (_, at) => row(at + 1, at < 20 ? 1 : at < 22 ? 5 : -1)).flat();
  t.deepEqual(found, []);
});

test('the share of repeated runs of four tokens is counted by hand', (t) => {
  t.is(repeatedShare([1, 2, 3]), 0);
  t.is(repeatedShare([1, 2, 3, 4]), 0);
  // 1234, 2341, 3412, 4123, 1234: the last one is there already.
  t.is(repeatedShare([1, 2, 3, 4, 1, 2, 3, 4]).toFixed(9), '0.200000000');
  t.is(repeatedShare([7, 7, 7, 7, 7]), 1 / 2);
});

test('rules that are left out are not looked for', (t) => {
  t.deepEqual(
    after(100, () => ({chosenReward: -1}), lookOut(['chosen_likelihood'])),
    [],
  );
});
