import test from 'ava';
import {withCountedPrompts} from '../../../../runtime/fleet/file/counted.js';
import {fleetSchema} from '../../../../runtime/fleet/file/schema.js';
import {fleetOf} from '../../../helpers/actor-process.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const lines = (count: number) =>
  Array.from({length: count}, (_, line) => `${JSON.stringify({prompt: `p${line}`})}\n`).join('');
const endpoints = {endpoints: {teacher: {demo: true}}};
const fleetWith = (file: string, training: object, more: object = {}) =>
  fleetSchema.parse({
    ...fleetOf({actors: {reviser: {endpoint: 'teacher', model: 'any'}}}),
    prompts: {file},
    training,
    ...endpoints,
    ...more,
  });

test('A fleet that nothing else bounds is as long as its prompts’ file', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines(35));
  const counted = await withCountedPrompts(fleetWith(file, {batchSize: 8, epochs: 2}));
  t.like(counted, {prompts: {count: 35}, training: {steps: 10}});
  const heldOut = {evaluation: {suite: 'heldout', holdOut: 5}};
  t.is((await withCountedPrompts(fleetWith(file, {batchSize: 8}, heldOut))).training.steps, 4);
});

test('What is bounded, or is not there, is left as it is', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines(35));
  const given = fleetWith(file, {steps: 3});
  t.is(await withCountedPrompts(given), given);
  const absent = fleetWith(`${file}.absent`, {});
  t.is(await withCountedPrompts(absent), absent);
});

test('What contradicts the steps that come of it is named', async (t) => {
  const file = temporaryFile(t, 'prompts.jsonl', lines(35));
  await t.throwsAsync(withCountedPrompts(fleetWith(file, {batchSize: 16, warmupSteps: 3})), {
    message: /35 prompts: training\.warmupSteps: 3 leaves none of the 3 steps/,
  });
});
