import test from 'ava';
import type {Program} from '../../../runtime/tensor/executor.js';
import {programsByShape} from '../../../runtime/tensor/programs.js';
import {open} from './both.js';

/** Compiles `length` zeros; the first compilation of length 13 fails. */
const zerosOf = async () => {
  const executor = await open('eager');
  const state = executor.createState([]);
  const events: string[] = [];
  const compile = async (length: number): Promise<Program<'x', 'x'>> => {
    events.push(`compile ${length}`);
    if (length === 13 && events.filter((event) => event === 'compile 13').length === 1) {
      throw new Error('no such luck');
    }
    const program = await executor.compile(
      {
        name: `zeros ${length}`,
        inputs: {x: {shape: [length], dtype: 'float32'}},
        body: ({x}) => ({outputs: {x}}),
      },
      state,
    );
    return {...program, dispose: async () => void events.push(`dispose ${length}`)};
  };
  return {events, programs: programsByShape(compile)};
};

test('a length is compiled once, whoever asks while it is being compiled', async (t) => {
  const {events, programs} = await zerosOf();
  const [first, second] = await Promise.all([programs.at(3), programs.at(3), programs.at(5)]);
  t.is(first, second);
  t.deepEqual(await (await programs.at(5)).run({x: new Float32Array(5)}), {
    x: {shape: [5], dtype: 'float32', data: new Float32Array(5)},
  });
  t.deepEqual(events, ['compile 3', 'compile 5']);
  t.deepEqual(programs.shapes(), [3, 5]);
});

test('a compilation that fails is tried again by the next who asks', async (t) => {
  const {programs} = await zerosOf();
  await t.throwsAsync(programs.at(13), {message: 'no such luck'});
  t.deepEqual(programs.shapes(), []);
  t.truthy(await programs.at(13));
});

test('disposing waits for what is being compiled, and passes over what fails', async (t) => {
  const {events, programs} = await zerosOf();
  const failing = t.throwsAsync(programs.at(13));
  void programs.at(3);
  await programs.dispose();
  await failing;
  t.deepEqual(events, ['compile 13', 'compile 3', 'dispose 3']);
  t.deepEqual(programs.shapes(), []);
});
