import test from 'ava';
import {
  interferenceOf,
  type MetricRow,
  madeIn,
  turnFigures,
} from '../../../../runtime/bench/interference/figures.js';
import {nameIn, takenBetween} from '../../../../runtime/bench/interference/processes.js';

const step = (time: number): MetricRow => ({time, actor: 'learner', loss: 1});
const scored = (time: number, seconds: number): MetricRow => ({
  time,
  actor: 'evaluator',
  'score/seconds': seconds,
});

test('Steps a second are those between the first and the last step of a turn', (t) => {
  const rows = [
    step(900),
    step(1000),
    step(1500),
    scored(1600, 2),
    step(2000),
    {time: 2100, actor: 'learner'},
    step(3100),
  ];
  const turn = {round: 0, evaluators: 'on', fromMs: 950, toMs: 3000, taken: {}} as const;
  t.like(turnFigures(turn, rows), {stepsPerSecond: 2, steps: 2, scores: 1, scoreSeconds: 2});
  t.is(turnFigures({...turn, toMs: 1200}, rows).stepsPerSecond, Number.NaN);
});

test('What evaluators cost is by the turns of each round, and a round without both counts for nothing', (t) => {
  const turn = (round: number, evaluators: 'on' | 'off', stepsPerSecond: number) => ({
    ...{
      round,
      evaluators,
      stepsPerSecond,
      fromMs: 0,
      toMs: 1,
      steps: 1,
      scores: 0,
      scoreSeconds: 0,
      taken: {},
    },
  });
  const found = interferenceOf([
    ...[turn(0, 'off', 10), turn(0, 'on', 9), turn(1, 'on', 14), turn(1, 'off', 20), turn(2, 'off', 5)],
  ]);
  // Of 0.1 and 0.3.
  t.true(Math.abs(found.cost - 0.2) < 1e-12);
  t.true(Math.abs(found.costError - 0.1) < 1e-12);
  t.deepEqual([found.on, found.off], [11.5, 15]);
});

test('What processes took is by their names, a second and for a step of the learner; where the system does not tell there is nothing', (t) => {
  const before = {learner: {computing: 10, waiting: 1}, sampler: {computing: 5, waiting: 0}};
  const after = {learner: {computing: 14, waiting: 2}, evaluator: {computing: 3, waiting: 3}};
  // Of 4 s. Whoever came or went meanwhile is not in it.
  t.deepEqual(takenBetween(before, after, 4), {learner: {computing: 1, waiting: 0.25}});
  const turn = {
    round: 0,
    evaluators: 'on',
    fromMs: 0,
    toMs: 1,
    steps: 1,
    scores: 0,
    scoreSeconds: 0,
  } as const;
  const took = (computing: number, waiting: number) => ({learner: {computing, waiting}});
  t.deepEqual(
    madeIn([
      {...turn, stepsPerSecond: 10, taken: {...took(1, 0.5), evaluator: {computing: 0.2, waiting: 0}}},
      {...turn, stepsPerSecond: 5, taken: took(0.5, 0.25)},
    ]),
    // 100 and 100 ms, 50 and 50; an evaluator that is there in one turn of two.
    {cores: {learner: 0.75, evaluator: 0.1}, computingMsAStep: 100, waitingMsAStep: 50},
  );
  t.is(madeIn([{...turn, stepsPerSecond: 10, taken: {}}]), undefined);
});

test('A process is called as the actor that it is, or else by its program', (t) => {
  t.is(nameIn(['node', '/dist/actors/learner/actor.js', '--run', 'r', ''].join('\0')), 'learner');
  t.is(nameIn(['/usr/bin/node', '/dist/runtime/fleet/keeper.js', ''].join('\0')), 'keeper');
  t.is(nameIn(['/opt/nats-server', '-c', 'server.conf', ''].join('\0')), 'nats-server');
  t.is(nameIn(''), '');
});
