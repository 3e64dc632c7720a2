/** The curves of a report: those that the run has numbers for. Pure. */
import type {RunFiles} from '../read/run-files.js';
import {objectivePeriods, type StepRow} from '../read/steps.js';
import {type Chart, MOST_COLOURS, type Point, type Series, thinned} from './svg.js';

/** What is measured at each step, by metric; one or two lines a chart. */
const OF_STEPS = [
  {
    title: 'Rewards',
    description: 'Beta times the log-ratio of policy to reference, in nats.',
    metrics: ['rewards/chosen', 'rewards/rejected'],
    include: [0],
  },
  {
    title: 'Margins',
    description: 'Chosen reward less rejected reward, in nats.',
    metrics: ['rewards/margins'],
    include: [0],
  },
  {
    title: 'Reward accuracies',
    description: 'Share of pairs whose chosen reward is above the rejected one.',
    metrics: ['rewards/accuracies'],
    include: [0, 1],
  },
  {
    title: 'Log-probabilities',
    description: 'Log-probabilities of the answers under the policy, in nats.',
    metrics: ['logps/chosen', 'logps/rejected'],
  },
  {title: 'Loss', description: 'Mean loss of each step’s pairs.', metrics: ['loss']},
  {
    title: 'KL',
    description:
      'Estimate of KL(policy ‖ reference) on each step’s answers, k3 at their mean log-ratio a token, in nats.',
    metrics: ['kl'],
    include: [0],
  },
  {
    title: 'Gradient norm',
    description: 'L2 norm of the gradient before clipping.',
    metrics: ['grad_norm'],
    include: [0],
  },
  {
    title: 'Learning rate',
    description: 'What the schedule gave each step.',
    metrics: ['learning_rate'],
    include: [0],
  },
] as const;

/** More points than this are no wider than a pixel. */
const MOST_POINTS = 1000;

export function chartsOf({steps, suites, pairs}: RunFiles): Chart[] {
  const marks = objectivePeriods(steps)
    .slice(1)
    .map(({name, from_step: x}) => ({x, label: name}));
  const scored: Chart = {
    title: 'Score',
    description: suites
      .map(
        ({name, scores}) =>
          `Score of ${suites.length === 1 ? 'every checkpoint' : `checkpoints by ${name}`}: ${scores.map(({step, score}) => `${score.toFixed(3)} at step ${step}`).join(', ')}.`,
      )
      .join(' '),
    xLabel: 'step',
    include: [0, 1],
    marks,
    series: suites.slice(0, MOST_COLOURS).map(({name, scores}, index) => ({
      name: suites.length === 1 ? 'score' : name,
      points: scores.map(({step: x, score: y}) => ({x, y})),
      colour: index + 1,
      dots: true,
    })),
  };
  const stepped = OF_STEPS.map(({metrics, ...chart}): Chart => {
    const series = metrics.map((name, index) => line(name, curve(steps, name), index));
    return {...chart, series, marks, xLabel: 'step'};
  });
  const lengths: Chart = {
    title: 'Lengths',
    description: 'Completion tokens of each pair’s answers, in the order of the pairs.',
    xLabel: 'pair',
    include: [0],
    series: (['chosen', 'rejected'] as const).map((side, index) =>
      line(
        side,
        pairs.lengths.map((length, pair) => ({x: pair + 1, y: length[side]})),
        index,
      ),
    ),
  };
  return [scored, ...stepped, lengths].filter(({series}) => series.some(({points}) => points.length > 0));
}

const line = (name: string, points: readonly Point[], index: number): Series => ({
  name,
  points: thinned(points, MOST_POINTS),
  colour: index === 0 ? 1 : 2,
});

const curve = (steps: readonly StepRow[], name: string): Point[] =>
  steps.flatMap(({step: x, [name]: y}) => (typeof y === 'number' ? [{x, y}] : []));
