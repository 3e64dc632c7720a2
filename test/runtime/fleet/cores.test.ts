/** One budget of cores is divided among the actors that compute. */
import test from 'ava';
import {computingActors} from '../../../runtime/actors.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import {type FleetInput, fleetSchema} from '../../../runtime/fleet/file/schema.js';

const threads = (cores: number, actors: Partial<FleetInput['actors']> = {}) => {
  const fleet = fleetSchema.parse({
    cores,
    prompts: {demo: true, count: 100},
    policy: {model: 'demo'},
    objective: {name: 'apo_zero', learningRate: 1e-5},
    training: {steps: 1},
    evaluation: {suite: 'arithmetic'},
    actors,
  });
  return Object.fromEntries(computingActors.map((name) => [name, threadsOf(fleet, name)]));
};

test('Every process has a thread, also where there are fewer cores', (t) => {
  for (const cores of [1, 2, 4])
    t.deepEqual(threads(cores), {sampler: 1, reference: 1, learner: 1, evaluator: 1}, `${cores} cores`);
});

test('What is left goes to the learner and, half as much, to the sampler', (t) => {
  // 12 left: 8 and 4.
  t.deepEqual(threads(16), {sampler: 5, reference: 1, learner: 9, evaluator: 1});
  // Of 11 left, three samplers and a learner: two fifths, and a fifth for each sampler.
  t.deepEqual(threads(17, {sampler: {count: 3}}), {sampler: 3, reference: 1, learner: 5, evaluator: 1});
});

test('Threads that are given stand, and are taken from the budget', (t) => {
  t.deepEqual(threads(16, {learner: {threads: 10}}), {sampler: 4, reference: 1, learner: 10, evaluator: 1});
  t.deepEqual(threads(2, {learner: {threads: 4}}), {sampler: 1, reference: 1, learner: 4, evaluator: 1});
});

test('The budget is never exceeded but by the one thread that each must have', (t) => {
  for (let cores = 4; cores <= 64; cores++) {
    const sum = Object.values(threads(cores)).reduce((total, each) => total + each, 0);
    t.true(sum <= cores, `${cores} cores, ${sum} threads`);
  }
});
