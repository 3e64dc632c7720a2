/** What changed between two answers, held to a Levenshtein distance of another hand and to the answers themselves. */
import test from 'ava';
import {distance as levenshtein} from 'fastest-levenshtein';
import {
  type Difference,
  differenceOf,
  sharedShare,
  type Tokens,
} from '../../../../runtime/data/describe/difference.js';
import {wordsIn} from '../../../../runtime/data/describe/words.js';
import {randomFor} from '../../../../runtime/seed.js';

const letters = (text: string): string[] => [...text];

/** The one side with its changes made. */
const changed = (before: Tokens, after: Tokens, {changes}: Difference): Tokens => {
  const made: (number | string)[] = [];
  let at = 0;
  for (const change of changes) {
    made.push(...before.slice(at, change.before.from), ...after.slice(change.after.from, change.after.to));
    at = change.before.to;
  }
  return [...made, ...before.slice(at)];
};

test('The distance is Levenshtein’s, and the changes make one side the other, of 500 drawn pairs', (t) => {
  const random = randomFor('difference');
  const draw = (most: number): number => (random.next() >>> 0) % most;
  for (let trial = 0; trial < 500; trial++) {
    const text = () => Array.from({length: draw(24)}, () => 'abcd'[draw(4)]).join('');
    const [one, other] = [text(), text()];
    const difference = differenceOf(letters(one), letters(other));
    t.is(difference.distance, levenshtein(one, other), `${one} ${other}`);
    t.is(changed(letters(one), letters(other), difference).join(''), other);
    t.false(difference.isCut);
  }
});

test('A stretch that changed is one change, however many tokens it has', (t) => {
  const before = wordsIn('The sum of 15 and 7 is 75, so the answer is wrong.');
  const after = wordsIn('The sum of 15 and 7 is 22, and so the answer is right.');
  const {changes, distance, prefix} = differenceOf(before, after);
  t.is(prefix, 7);
  t.is(distance, 3);
  t.deepEqual(
    changes.map(({before: {from, to}, after: next}) => [
      before.slice(from, to),
      after.slice(next.from, next.to),
    ]),
    [
      [['75'], ['22']],
      [[], ['and']],
      [['wrong'], ['right']],
    ],
  );
});

test('The same text has no change; an empty one is changed as a whole', (t) => {
  const text = wordsIn('As it was.');
  t.deepEqual(differenceOf(text, text), {distance: 0, changes: [], prefix: 4, isCut: false});
  const {changes, distance} = differenceOf([], text);
  t.is(distance, 4);
  t.deepEqual(changes, [{before: {from: 0, to: 0}, after: {from: 0, to: 4}}]);
});

test('What is too long to be compared to its end counts the rest as changed', (t) => {
  const one = Array.from({length: 5000}, (_, index) => index);
  const other = Array.from({length: 3000}, (_, index) => -index - 1);
  const difference = differenceOf(one, other);
  t.true(difference.isCut);
  t.is(difference.distance, 5000);
  t.deepEqual(changed(one, other, difference), other);
});

test('Tokens are shared as often as both sides have them', (t) => {
  t.is(sharedShare(['a', 'a', 'b'], ['a', 'c', 'b']), 2 / 3);
  t.is(sharedShare(['a', 'a'], ['a']), 2 / 3);
  t.is(sharedShare([], ['a']), 0);
  t.is(sharedShare([], []), 1);
});

test('Words are runs of letters or digits, and signs one by one', (t) => {
  t.deepEqual(wordsIn(' Naïve: 15*7=105, née 3.5 元気\n'), [
    ...['Naïve', ':', '15', '*', '7', '=', '105', ',', 'née', '3', '.', '5', '元気'],
  ]);
});
