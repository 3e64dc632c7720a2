import test from 'ava';
import {
  boundOf,
  busyShares,
  ofEach,
  timesOf,
  withoutStarts,
} from '../../../../runtime/bench/overlap/figures.js';

const lines = [
  {
    actor: 'sampler',
    time: 11_000,
    'seconds/starting': 0.5,
    'seconds/sampling': 0.75,
    'seconds/waiting': 0.25,
  },
  {actor: 'sampler', time: 12_000, 'seconds/sampling': 1},
  {actor: 'reviser', time: 13_000, 'seconds/starting': 0.25, 'seconds/revising': 1},
  {actor: 'reference', time: 14_000, 'seconds/starting': 0.5, 'seconds/referencing': 0.25},
  {actor: 'filter', time: 14_000, 'seconds/starting': 0.125},
  {actor: 'learner', time: 15_000, step: 1, loss: 0, pairs: 16},
  {actor: 'learner', time: 16_500, step: 2, loss: 0, pairs: 32},
  {actor: 'learner', time: 16_900, step: 3, loss: 0, pairs: 37},
  {actor: 'learner', time: 17_000, 'seconds/starting': 1, 'seconds/training': 2},
];

test('a run takes from its first sampling to its last step of a full batch', (t) => {
  const times = timesOf(lines, 16);
  t.like(times, {seconds: 6.5, pairs: 32, steps: 2});
  t.like(times.working, {sampler: 1.75, reviser: 1, reference: 0.25, learner: 2});
  // Those of stages that follow another, the longer of two that start together.
  t.is(withoutStarts(times), 6.5 - 0.25 - 0.5 - 1);
  t.throws(() => timesOf(lines.slice(0, 5), 16), {message: /the run took no step of a full batch/});
});

test('a pipeline takes its longest stage, or the cores, and the fill', (t) => {
  const alone = {...ofEach(() => 0), sampler: 10, reviser: 11, filter: 1, reference: 2, learner: 10};
  const work = {alone, cores: 2, latency: 0.5, prompts: 100, batchSize: 10};
  const fill = 0.5 + 0.02 + 1;
  t.deepEqual(boundOf({...work, cpu: 20}), {longest: 11, cores: 10, fill, seconds: 11 + fill});
  t.is(boundOf({...work, cpu: 30}).seconds, 15 + fill);
});

test('slots are busy as a share of all, over the whole run and between the first and the last round', (t) => {
  const samples = [
    {seconds: 0, busySeconds: 0, served: 0},
    {seconds: 1, busySeconds: 0, served: 0},
    {seconds: 2, busySeconds: 1, served: 2},
    {seconds: 3, busySeconds: 3, served: 4},
    {seconds: 4, busySeconds: 4, served: 6},
    {seconds: 9, busySeconds: 4, served: 6},
  ];
  t.deepEqual(busyShares(samples, 2, 6), {whole: 4 / 6, steady: 1});
});
