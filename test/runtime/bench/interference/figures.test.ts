import test from 'ava';
import {interferenceOf, type MetricRow, turnFigures} from '../../../../runtime/bench/interference/figures.js';

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
  const turn = {round: 0, evaluators: 'on', fromMs: 950, toMs: 3000} as const;
  t.like(turnFigures(turn, rows), {stepsPerSecond: 2, steps: 2, scores: 1, scoreSeconds: 2});
  t.is(turnFigures({...turn, toMs: 1200}, rows).stepsPerSecond, Number.NaN);
});

test('What evaluators cost is by the turns of each round, and a round without both counts for nothing', (t) => {
  const turn = (round: number, evaluators: 'on' | 'off', stepsPerSecond: number) => ({
    ...{round, evaluators, stepsPerSecond, fromMs: 0, toMs: 1, steps: 1, scores: 0, scoreSeconds: 0},
  });
  const found = interferenceOf([
    ...[turn(0, 'off', 10), turn(0, 'on', 9), turn(1, 'on', 14), turn(1, 'off', 20), turn(2, 'off', 5)],
  ]);
  // Of 0.1 and 0.3.
  t.true(Math.abs(found.cost - 0.2) < 1e-12);
  t.true(Math.abs(found.costError - 0.1) < 1e-12);
  t.deepEqual([found.on, found.off], [11.5, 15]);
});
