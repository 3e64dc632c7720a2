/** The demonstration's task: prompts, answers and grades, worked out by hand. */
import test from 'ava';
import {drawCorpus} from '../../../runtime/demo/corpus.js';
import {
  type Grade,
  gradeAnswer,
  heldOutPrompts,
  type Item,
  makePrompts,
  readAnswer,
  readPrompt,
  solve,
  solveCarelessly,
  splitOf,
  writeAnswer,
  writeItem,
} from '../../../runtime/demo/task.js';
import {TerminalError} from '../../../runtime/errors.js';

const itemsOf = (prompt: string): readonly Item[] => readPrompt(prompt) ?? [];
const combinationOf = (prompt: string): string => itemsOf(prompt).map(writeItem).sort().join(' ');

test('no held-out prompt is a training prompt, in any order of its items, over 20,000 of each', (t) => {
  const train = new Set(makePrompts({split: 'train', count: 20_000, seed: 0}).map(combinationOf));
  const heldOut = makePrompts({split: 'held_out', count: 20_000, seed: 0}).map(combinationOf);
  t.deepEqual(
    heldOut.filter((combination) => train.has(combination)),
    [],
  );
});

test('the items of held-out prompts are all known from training prompts', (t) => {
  const factsOf = (prompts: readonly string[]) =>
    new Set(prompts.flatMap((prompt) => itemsOf(prompt).map(writeItem)));
  const known = factsOf(makePrompts({split: 'train', count: 6000, seed: 0}));
  t.is(known.size, 40 * 3 * 8);
  t.true([...factsOf(heldOutPrompts(300))].every((fact) => known.has(fact)));
});

test('the same seed gives the same prompts, another seed others, and fewer are the first of more', (t) => {
  const fifty = makePrompts({split: 'train', count: 50, seed: 7});
  t.is(new Set(fifty).size, 50);
  t.deepEqual(makePrompts({split: 'train', count: 20, seed: 7}), fifty.slice(0, 20));
  t.not(makePrompts({split: 'train', count: 1, seed: 8})[0], fifty[0]);
  t.deepEqual(makePrompts({split: 'train', count: 0, seed: 7}), []);
});

test('one combination in eight is held out, whatever the order of its items', (t) => {
  const prompts = [
    ...makePrompts({split: 'held_out', count: 50, seed: 1}),
    ...makePrompts({split: 'train', count: 50, seed: 1}),
  ];
  for (const prompt of prompts) t.is(splitOf([...itemsOf(prompt)].reverse()), splitOf(itemsOf(prompt)));
  let heldOut = 0;
  for (let left = 10; left < 50; left++) {
    for (let right = 10; right < 50; right++) {
      const items = [left, right, 10, 49].map((number): Item => ({left: number, operator: '*', right: 7}));
      if (splitOf(items) === 'held_out') heldOut++;
    }
  }
  t.true(heldOut > 120 && heldOut < 280, `${heldOut} of 1600`);
});

test('half of all items are products', (t) => {
  const items = makePrompts({split: 'train', count: 5000, seed: 2}).flatMap(itemsOf);
  const share = items.filter(({operator}) => operator === '*').length / items.length;
  t.true(Math.abs(share - 0.5) < 0.02, String(share));
});

for (const [item, right, careless] of [
  ['34*7', 238, 218],
  ['21*4', 84, 84],
  ['25*4', 100, 80],
  ['49*9', 441, 361],
  ['21+9', 30, 20],
  ['21+8', 29, 29],
  ['49+9', 58, 48],
  ['40-8', 32, 42],
  ['48-8', 40, 40],
  ['10-9', 1, 11],
  ['17*7', 119, 79],
] as const) {
  test(`${item} is ${right}, and ${careless} to one who forgets the carry`, (t) => {
    const first = itemsOf(`${item} 10+2 10+2 10+2>`)[0];
    if (first === undefined) return t.fail('not read');
    t.is(solve(first), right);
    t.is(solveCarelessly(first), careless);
  });
}

const prompt = '34*7 21+9 40-8 17*7>';
const grade = (items: string, correct: boolean): Grade => ({
  items: [...items].map((mark) => mark === '1'),
  correct,
});
for (const [answer, expected, why] of [
  ['238,30,32,119.', grade('1111', true), 'in the style of commas'],
  ['=238 =30 =32 =119 ok.', grade('1111', true), 'in the style of equals'],
  ['  238,30,32,119.\n', grade('1111', true), 'outer space is nothing'],
  ['218,30,32,119.', grade('0111', false), 'a forgotten carry'],
  ['=218 =20 =42 =79 ok.', grade('0000', false), 'all wrong'],
  ['238,30,32,119', grade('1111', false), 'no end'],
  ['=238 =30 =32 =119', grade('1111', false), 'no end in the other style'],
  ['238,30,32.', grade('1110', false), 'an item missing'],
  ['238,30,32,119,7.', grade('1111', false), 'an item too many'],
  ['30,238,32,119.', grade('0011', false), 'items in another order'],
  ['238,030,32,119.', grade('1011', false), 'a leading zero'],
  ['238,,32,119.', grade('1011', false), 'an empty item'],
  ['238, 30,32,119.', grade('1111', false), 'a space where there is none'],
  ['238,30,32,119.119.', grade('1110', false), 'text after the end'],
  ['', grade('0000', false), 'nothing'],
] as const) {
  test(`the grade of ${JSON.stringify(answer)}: ${why}`, (t) => {
    t.deepEqual(gradeAnswer(prompt, answer), expected);
  });
}

test('a text that is no prompt of the task is not graded', (t) => {
  const error = t.throws(() => gradeAnswer('2+2>', '4.'), {instanceOf: TerminalError});
  t.regex(error.message, /2\+2>/);
  for (const text of [
    '',
    '34*7 21+9 40-8>',
    '34*7 21+9 40-8 17*7',
    '54*7 21+9 40-8 17*7>',
    '34*1 21+9 40-8 17*7>',
  ]) {
    t.is(readPrompt(text), undefined, text);
  }
});

test('what is written in a style is read in it', (t) => {
  for (const style of ['commas', 'equals'] as const) {
    t.deepEqual(readAnswer(writeAnswer([238, 30, 32, 119], style)), {
      style,
      values: ['238', '30', '32', '119'],
      wellFormed: true,
    });
  }
});

test('the corpus is careless in half of the items that have a carry and writes a tenth in the other style', (t) => {
  const rows = drawCorpus(0);
  let carries = 0;
  let forgotten = 0;
  let equals = 0;
  for (let row = 0; row < 5000; row++) {
    const {prompt, completion} = rows.next().value;
    const {style, values, wellFormed} = readAnswer(completion);
    if (!wellFormed || splitOf(itemsOf(prompt)) !== 'train') return t.fail(`${prompt}${completion}`);
    if (style === 'equals') equals++;
    itemsOf(prompt).forEach((item, index) => {
      if (solve(item) === solveCarelessly(item)) {
        if (values[index] !== String(solve(item))) t.fail(`${prompt}${completion}`);
        return;
      }
      carries++;
      if (values[index] === String(solveCarelessly(item))) forgotten++;
      else if (values[index] !== String(solve(item))) t.fail(`${prompt}${completion}`);
    });
  }
  t.true(Math.abs(forgotten / carries - 0.5) < 0.02, `${forgotten} of ${carries}`);
  t.true(Math.abs(equals / 5000 - 0.1) < 0.02, `${equals} of 5000`);
  // 51 of 80 items have a carry to forget: .68 of all items are right, and .68 ^ 4 = .22 of all answers.
  t.true(Math.abs(carries / 20_000 - 0.6375) < 0.015, String(carries));
});
