/** The report as one self-contained page: no script, no network, light or dark as the reader's system is. Pure. */
import {excerpt} from '../../text/excerpt.js';
import {plain} from '../../text/plain-text.js';
import {ACTIVITY_COLUMNS, dataFacts, factsOf, headline, timeRows} from '../facts.js';
import {nextCommands} from '../next.js';
import type {AnswerLine} from '../read/log-rows.js';
import type {RunFiles} from '../read/run-files.js';
import {answerSamples, pairSamples} from '../samples.js';
import {scoreTable} from '../score-table.js';
import {settingsOf} from '../settings.js';
import type {Summary} from '../summary.js';
import {chartsOf} from './curves.js';
import {framed} from './frame.js';
import {type Chart, escapeXml, lineChart} from './svg.js';

export function reportPage(summary: Summary, files: RunFiles): string {
  const {fleet} = files;
  const facts = factsOf(summary, fleet);
  const score = facts.find(([label]) => label === 'Score');
  const charts = chartsOf(files);
  return framed({
    title: shown(headline(summary)),
    kind: 'Anchorage run report',
    heading: `${shown(summary.run)}${summary.complete ? '' : ' <span class="note">not complete</span>'}`,
    lead: shown(score?.[1] ?? headline(summary)),
    parts: [
      faultsSection(summary),
      alertsSection(summary),
      section(
        'charts',
        '',
        charts.map((chart, index) => figure(`chart-${index}`, chart)).join('\n'),
        'Curves',
      ),
      section('card', 'The run', list(facts.filter((fact) => fact !== score))),
      section('card', 'What the pairs are worth', list(dataFacts(summary))),
      nextSection(nextCommands(summary, fleet)),
      section('tables', '', tablesOf(summary, files)),
      section('card', 'Answers before training and after', samples(files)),
      section('card', files.heldOut.count > 0 ? 'Pairs that were held back' : 'Pairs', pairs(files)),
      settingsSection(settingsOf(fleet)),
    ],
  });
}

/** What models and files say, as text and nothing else: also what would turn the direction of the page's own text around. */
export const shown = (text: string): string => escapeXml(plain(text));

export const section = (kind: string, title: string, content: string, label = title): string => {
  if (content === '') return '';
  const heading = title === '' ? '' : `<h2>${escapeXml(title)}</h2>`;
  const named = label === '' ? '' : ` aria-label="${escapeXml(label)}"`;
  return `<section class="${kind}"${named}>${heading}\n${content}\n</section>`;
};

const faultsSection = ({faults}: Summary): string =>
  section(
    'card faults',
    'This report does not have the whole run',
    faults.map((fault) => `<p>${shown(fault)}</p>`).join(''),
  );

const alertsSection = ({alerts}: Summary): string =>
  section(
    'card faults',
    'Signs of reward hacking',
    alerts
      .map(
        ({rule, step, evidence, remedy}) =>
          `<p>${shown(`${rule}, step ${step}: ${evidence}. ${remedy}`)}</p>`,
      )
      .join(''),
  );

const list = (facts: readonly (readonly [string, string])[]): string =>
  facts.length === 0
    ? ''
    : `<dl>${facts.map(([label, value]) => `<div><dt>${shown(label)}</dt><dd>${shown(value)}</dd></div>`).join('')}</dl>`;

const nextSection = (commands: readonly (readonly [string, string])[]): string =>
  section(
    'card',
    'Next',
    commands.map(([what, command]) => `<p>${shown(what)}</p><pre>${shown(command)}</pre>`).join(''),
  );

const tablesOf = (summary: Summary, {suites}: RunFiles): string =>
  [
    table('Scores', ...scoreTable(suites)),
    table('Seconds by actor', ['actor', ...ACTIVITY_COLUMNS], timeRows(summary)),
  ].join('');

const settingsSection = (settings: readonly (readonly [string, string])[]): string =>
  settings.length === 0
    ? ''
    : `<section class="card"><details><summary>Settings</summary>${list(settings)}</details></section>`;

function samples(files: RunFiles): string {
  return answerSamples(files)
    .map(({prompt, before, after}) =>
      sample(prompt, [
        [`before${gradeOf(before)}`, before.completion],
        ...(after === undefined ? [] : ([[`after${gradeOf(after)}`, after.completion]] as const)),
      ]),
    )
    .join('');
}

const gradeOf = ({grade}: AnswerLine): string => (grade === undefined ? '' : `, graded ${grade}`);

const pairs = (files: RunFiles): string =>
  pairSamples(files)
    .map(({prompt, rejected, chosen, line}) =>
      sample(
        prompt,
        [
          ['rejected', rejected],
          ['chosen', chosen],
        ],
        line === undefined ? 'prompt' : `prompt, line ${line}`,
      ),
    )
    .join('');

const MOST_CHARACTERS = 4096;

/** A prompt above two texts, side by side where there is room. */
function sample(prompt: string, texts: readonly (readonly [string, string])[], label = 'prompt'): string {
  const text = (name: string, value: string): string =>
    `<div><p class="label">${shown(name)}</p><p class="text">${shown(excerpt(value, MOST_CHARACTERS))}</p></div>`;
  return `<article>${text(label, prompt)}<div class="sides">${texts.map(([name, value]) => text(name, value)).join('')}</div></article>`;
}

export function figure(id: string, chart: Chart): string {
  const key = chart.series
    .map(
      ({name, colour}) =>
        `<span class="key"><span class="swatch colour-${colour}"></span>${escapeXml(name)}</span>`,
    )
    .join('');
  return `<figure><figcaption><h2>${escapeXml(chart.title)}</h2>${key}</figcaption>${lineChart(id, chart)}</figure>`;
}

export function table(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const head = header.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${shown(cell)}</td>`).join('')}</tr>`)
    .join('');
  return `<div><h2>${escapeXml(title)}</h2><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
