/** The report as one self-contained page: no script, no network, light or dark as the reader's system is. Pure. */
import type {MetricLine, RunFiles, ScoreLine} from './run-files.js';
import {pageStyle} from './style.js';
import {type ObjectivePeriod, type StepRow, type Summary, stepRows} from './summary.js';
import {type Chart, escapeXml, lineChart, type Point} from './svg.js';
import {ACTIVITY_COLUMNS, factsOf, headline, timeRows} from './text.js';

export function reportPage(summary: Summary, {metrics, scores}: RunFiles): string {
  const [score, ...facts] = factsOf(summary);
  const charts = chartsOf(metrics, scores, summary.objectives);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(headline(summary))}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<p class="kind">Anchorage run report</p>
<h1>${escapeXml(summary.run)}${summary.complete ? '' : ' <span class="note">not complete</span>'}</h1>
<p class="lead">${escapeXml(score?.[1] ?? '')}</p>
</header>
<section aria-label="Curves" class="charts">
${charts.map((chart, index) => figure(`chart-${index}`, chart)).join('\n')}
</section>
<section aria-label="Facts" class="facts">
<h2>The run</h2>
<dl>${facts.map(([label, value]) => `<div><dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd></div>`).join('')}</dl>
</section>
<section class="tables">
<div><h2>Scores</h2>${table(['step', 'policy version', 'score', 'seconds'], scores.map(scoreCells))}</div>
<div><h2>Seconds by actor</h2>${table(['actor', ...ACTIVITY_COLUMNS], timeRows(summary))}</div>
</section>
</main>
</body>
</html>
`;
}

function chartsOf(
  metrics: readonly MetricLine[],
  scores: readonly ScoreLine[],
  objectives: readonly ObjectivePeriod[],
): Chart[] {
  const steps = latestByStep(stepRows(metrics));
  const marks = objectives.slice(1).map(({name, from_step: x}) => ({x, label: name}));
  const curve = (name: string): Point[] =>
    steps.flatMap((row) => {
      const y = row[name];
      return typeof y === 'number' ? [{x: row.step, y}] : [];
    });
  const chart = (
    title: string,
    description: string,
    names: readonly [string] | readonly [string, string],
    include: number[] = [],
  ): Chart => ({
    title,
    description,
    include,
    marks,
    xLabel: 'step',
    series: names.map((name, index) => ({name, points: curve(name), colour: index === 0 ? 1 : 2})),
  });
  const scorePoints = scores.map(({step, score}) => ({x: step, y: score}));
  return [
    {
      title: 'Score',
      description: `Held-out score of every checkpoint: ${scorePoints.map(({x, y}) => `${y.toFixed(3)} at step ${x}`).join(', ')}.`,
      xLabel: 'step',
      include: [0, 1],
      marks,
      series: [{name: 'score', points: scorePoints, colour: 1, dots: true}],
    },
    chart(
      'Rewards',
      'Beta times the log-ratio of policy to reference, in nats.',
      ['rewards/chosen', 'rewards/rejected'],
      [0],
    ),
    chart('Margins', 'Chosen reward less rejected reward, in nats.', ['rewards/margins'], [0]),
    chart(
      'Reward accuracies',
      'Share of pairs whose chosen reward is above the rejected one.',
      ['rewards/accuracies'],
      [0, 1],
    ),
    chart('Log-probabilities', 'Log-probabilities of the answers under the policy, in nats.', [
      'logps/chosen',
      'logps/rejected',
    ]),
    chart('Loss', 'Mean loss of each step’s pairs.', ['loss']),
  ];
}

/** After a restart a step may have been taken twice; the later one is in the weights. */
function latestByStep(rows: readonly StepRow[]): StepRow[] {
  return [...new Map(rows.map((row) => [row.step, row])).values()].toSorted((a, b) => a.step - b.step);
}

function figure(id: string, chart: Chart): string {
  const key = chart.series
    .map(
      ({name, colour}) =>
        `<span class="key"><span class="swatch colour-${colour}"></span>${escapeXml(name)}</span>`,
    )
    .join('');
  return `<figure><figcaption><h2>${escapeXml(chart.title)}</h2>${key}</figcaption>${lineChart(id, chart)}</figure>`;
}

const scoreCells = (score: ScoreLine): string[] =>
  [score.step, score.policy_version, score.score.toFixed(3), score.seconds.toFixed(1)].map(String);

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p class="none">none</p>';
  const head = header.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeXml(cell)}</td>`).join('')}</tr>`)
    .join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}
