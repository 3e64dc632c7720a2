/** Transfers in pieces: bounded, in order, and failed where one piece is. */
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {madeInOrder, takenInOrder} from '../../../../runtime/bus/content/window.js';

test('A piece that fails while the next one is made fails the whole', async (t) => {
  const make = async (item: number): Promise<number> => {
    // Longer than the first one takes to fail.
    if (item > 1) await setTimeout(5);
    return item;
  };
  const handOn = async (made: number): Promise<void> => {
    if (made === 1) throw new Error('the first was refused');
  };
  await t.throwsAsync(madeInOrder([1, 2], 8, make, handOn), {message: 'the first was refused'});
});

test('No more pieces than the window are handed on and not done', async (t) => {
  let atWork = 0;
  let most = 0;
  const handed: number[] = [];
  await madeInOrder(
    [1, 2, 3, 4, 5, 6, 7],
    3,
    async (item) => item,
    async (made) => {
      handed.push(made);
      most = Math.max(most, ++atWork);
      await setTimeout(1);
      atWork -= 1;
    },
  );
  t.deepEqual(handed, [1, 2, 3, 4, 5, 6, 7]);
  t.is(most, 3);
});

test('Answers are taken in the order of the questions, and one that fails fails the whole', async (t) => {
  const taken: number[] = [];
  const ask = async (item: number): Promise<number> => {
    await setTimeout(4 - item);
    if (item === 3) throw new Error('the third is not there');
    return item;
  };
  const take = async (answer: number): Promise<void> => {
    taken.push(answer);
  };
  await t.throwsAsync(takenInOrder([1, 2, 3, 4], 4, ask, take), {message: 'the third is not there'});
  t.deepEqual(taken, [1, 2]);
});
