/** The report as plain text: `report.txt`, and what of it a terminal has room for. Pure. */
import {excerpt} from '../text/excerpt.js';
import {plain} from '../text/plain-text.js';
import {ACTIVITY_COLUMNS, dataFacts, factsOf, headline, timeRows} from './facts.js';
import {nextCommands} from './next.js';
import type {RunFiles} from './read/run-files.js';
import {answerSamples, pairSamples} from './samples.js';
import {scoreTable} from './score-table.js';
import {settingsOf} from './settings.js';
import type {Summary} from './summary.js';

/** Without what is to be read at leisure: answers, pairs and settings. */
export function briefText(summary: Summary, files: RunFiles): string {
  return textOf(summary, briefSections(summary, files));
}

export function reportText(summary: Summary, files: RunFiles): string {
  return textOf(summary, [...briefSections(summary, files), ...longSections(files)]);
}

const textOf = (summary: Summary, sections: readonly (readonly string[])[]): string => {
  const lines = [
    headline(summary),
    '',
    ...sections.flatMap((each) => (each.length === 0 ? [] : [...each, ''])),
  ];
  // What models say may try to steer a terminal.
  return plain(lines.join('\n').replace(/\n{3,}/g, '\n\n'));
};

function briefSections(summary: Summary, {fleet, suites}: RunFiles): string[][] {
  return [
    section(
      'This report does not have the whole run',
      summary.faults.map((fault) => `  ${fault}`),
    ),
    section(
      'Signs of reward hacking',
      summary.alerts.flatMap(({rule, step, evidence, remedy}) => [
        `  ${rule}, step ${step}: ${evidence}`,
        `    ${remedy}`,
      ]),
    ),
    labelled(factsOf(summary, fleet)),
    section(
      'What the pairs are worth',
      labelled(dataFacts(summary)).map((line) => `  ${line}`),
    ),
    section(
      'Next',
      nextCommands(summary, fleet).flatMap(([what, command]) => [`  ${what}:`, `    ${command}`]),
    ),
    section('Scores', table(...scoreTable(suites))),
    section('Seconds by actor', table(['actor', ...ACTIVITY_COLUMNS], timeRows(summary))),
  ];
}

function longSections(files: RunFiles): string[][] {
  return [
    section('Answers before training and after', answerLines(files)),
    section(
      files.heldOut.count > 0 ? 'Pairs that were held back' : 'Pairs',
      pairSamples(files).flatMap(({prompt, rejected, chosen, line}) => [
        ...texts(line === undefined ? 'prompt' : `prompt of line ${line}`, prompt),
        ...texts('rejected', rejected),
        ...texts('chosen', chosen),
        '',
      ]),
    ),
    section(
      'Settings',
      labelled(settingsOf(files.fleet)).map((line) => `  ${line}`),
    ),
  ];
}

const answerLines = (files: RunFiles): string[] =>
  answerSamples(files).flatMap(({prompt, before, after}) => [
    ...texts('prompt', prompt),
    ...texts('before', before.completion),
    ...(after === undefined ? [] : texts('after', after.completion)),
    '',
  ]);

const MOST_CHARACTERS = 600;

/** A text behind its label, each further line as far in. */
const texts = (label: string, text: string): string[] =>
  excerpt(text, MOST_CHARACTERS)
    .split('\n')
    .map((line, row) => `  ${(row === 0 ? label : '').padEnd(Math.max(8, label.length))}  ${line}`.trimEnd());

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines];

const labelled = (facts: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
};

/** Right-aligned columns but for the first, two spaces in. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}
