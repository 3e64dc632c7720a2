/** The report as plain text: `report.txt`, and what `anchorage report` prints. Pure. */
import type {ScoreLine} from './run-files.js';
import type {Summary} from './summary.js';

export function reportText(summary: Summary, scores: readonly ScoreLine[]): string {
  const facts = factsOf(summary);
  const width = Math.max(...facts.map(([label]) => label.length));
  return [
    headline(summary),
    '',
    ...facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    '',
    'Scores',
    ...table(
      ['step', 'policy', 'score', 'seconds'],
      scores.map((score) =>
        [score.step, score.policy_version, score.score.toFixed(3), score.seconds.toFixed(1)].map(String),
      ),
      'none: no checkpoint was scored',
    ),
    '',
    'Seconds by actor',
    ...table(['actor', ...ACTIVITY_COLUMNS], timeRows(summary), 'none: no heartbeat was recorded'),
    '',
  ].join('\n');
}

/** One line: what happened, in how long, on what. */
export function headline({run, complete, seconds, backend, base_score, final_score}: Summary): string {
  const scores = `${share(base_score)} → ${share(final_score)}`;
  const time = seconds === null ? '' : ` in ${duration(seconds)}`;
  const on = backend === null ? '' : ` on ${backend}`;
  return `Run ${run}${complete ? '' : ' (not complete)'}: score ${scores}${time}${on}`;
}

/** Label and value of each fact, in reading order; shared by text and page. */
export function factsOf(summary: Summary): [string, string][] {
  const {rejections, objectives, pairs_per_second: pairRate} = summary;
  const rejected = Object.entries(rejections).toSorted(([, a], [, b]) => b - a);
  const total = rejected.reduce((sum, [, count]) => sum + count, 0);
  const suite = summary.suite === null ? '' : ` (${summary.suite}, ${summary.items} items)`;
  const best =
    summary.best_step === null ? '' : `, best ${share(summary.best_score)} at step ${summary.best_step}`;
  const firstStep =
    summary.first_step_after_prompts === null
      ? 'no step was taken'
      : `the first step was taken after ${summary.first_step_after_prompts} of them (${percent(summary.first_step_prompt_share)})`;
  return [
    [
      'Score',
      `${share(summary.base_score)} before training, ${share(summary.final_score)} at the end${best}${suite}`,
    ],
    [
      'Objective',
      objectives.map(({name, from_step}) => `${name} from step ${from_step}`).join(', ') ||
        'none in force yet',
    ],
    ['Backend', backendText(summary)],
    ['Time', summary.seconds === null ? UNKNOWN : duration(summary.seconds)],
    ['Steps', String(summary.steps)],
    [
      'Steps a second',
      `${rate(summary.steps_per_second_while_evaluating)} while a checkpoint was scored, ${rate(summary.steps_per_second_otherwise)} otherwise`,
    ],
    ['Prompts', `${summary.prompts} sampled; ${firstStep}`],
    [
      'Pairs',
      `${summary.pairs}${pairRate === null ? '' : ` (${pairRate.toFixed(1)} a second)`}, ${summary.pairs_trained} trained on`,
    ],
    [
      'Rejections',
      total === 0 ? '0' : `${total}: ${rejected.map(([reason, count]) => `${count} ${reason}`).join(', ')}`,
    ],
    ['Staleness', stalenessText(summary)],
  ];
}

function stalenessText({staleness}: Summary): string {
  if (staleness === null) return UNKNOWN;
  const {mean, max, in_flight: inFlight, in_queue: inQueue, predicted} = staleness;
  const expected = predicted === null ? '' : `, ${predicted.toFixed(2)} predicted`;
  return `${mean.toFixed(2)} policy versions on average (${inFlight.toFixed(2)} in flight, ${inQueue.toFixed(2)} in queue${expected}), at most ${max}`;
}

/** Columns of the table of times: what the actor is for is one column, whatever it is called. */
export const ACTIVITY_COLUMNS = ['starting', 'working', 'saving', 'waiting'] as const;

/** One row an actor, busiest first: its name and whole tenths of seconds for each of the columns. */
export function timeRows({seconds_by_actor: actors}: Summary): string[][] {
  const working = (times: Readonly<Record<string, number>>) =>
    Object.entries(times).filter(([activity]) => !['starting', 'saving', 'waiting'].includes(activity));
  const sum = (times: [string, number][]) => times.reduce((total, [, seconds]) => total + seconds, 0);
  return Object.entries(actors)
    .toSorted(([, a], [, b]) => sum(working(b)) - sum(working(a)))
    .map(([actor, times]) => {
      const words = working(times).map(([activity]) => activity);
      const cell = (seconds: number | undefined) => (seconds ?? 0).toFixed(1);
      return [
        actor,
        cell(times.starting),
        `${words.join(', ')} ${cell(sum(working(times)))}`.trim(),
        times.saving === undefined ? '' : cell(times.saving),
        cell(times.waiting),
      ];
    });
}

function backendText({backend, backend_reason: reason}: Summary): string {
  if (backend === null) return UNKNOWN;
  if (reason === null) return backend;
  return reason.startsWith(`${backend}:`) ? reason : `${backend}: ${reason}`;
}

const UNKNOWN = 'not recorded';
const share = (value: number | null): string => (value === null ? 'not scored' : value.toFixed(3));
const percent = (value: number | null): string =>
  value === null ? UNKNOWN : `${(100 * value).toFixed(1)} %`;
const rate = (value: number | null): string => (value === null ? 'not measured' : value.toFixed(2));

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Math.floor(seconds % 60)} s`;
  return minutes < 120 ? `${minutes} min ${rest}` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Right-aligned columns but for the first, two spaces in. */
function table(header: readonly string[], rows: readonly (readonly string[])[], empty: string): string[] {
  if (rows.length === 0) return [`  ${empty}`];
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}
