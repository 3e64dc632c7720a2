/**
 * Pairs and rejected prompts as one self-contained page, two texts side by side with their differences marked. No script, no
 * network: what is shown is chosen by check boxes, through the style sheet. What models said is text, and nothing else. Pure.
 */
import {type Change, differenceOf} from '../../data/describe/difference.js';
import {excerpt} from '../../text/excerpt.js';
import {plain} from '../../text/plain-text.js';
import {framed, SEALED} from './frame.js';
import {escapeXml} from './svg.js';

/** One prompt: a pair, or what became of it instead. */
export interface PageItem {
  /** `pair`, or the word of a rejection. */
  readonly outcome: string;
  /** How it came about, such as `revision`; undefined where nothing says it. */
  readonly recipe: string | undefined;
  /** One line: the line of the prompts' file, or why it was rejected. */
  readonly note: string;
  readonly prompt: string;
  /** The policy's answer and what was put above it, or in its place; one or two. */
  readonly texts: readonly {readonly label: string; readonly text: string}[];
}

export interface PairsPage {
  readonly title: string;
  /** Such as `300 of 31,245 pairs, drawn by chance`. */
  readonly lead: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly items: readonly PageItem[];
}

/** Of characters of the longer text. */
const LENGTHS: readonly (readonly [least: number, words: string])[] = [
  [0, 'up to 200 characters'],
  [201, '201 to 1,000'],
  [1001, '1,001 to 4,000'],
  [4001, 'over 4,000'],
];
const MOST_CHARACTERS = 8192;

export const pairsPage = ({title, lead, facts, items}: PairsPage): string => {
  const filters = [
    filterOf('outcome', items, ({outcome}) => outcome),
    filterOf('recipe', items, ({recipe}) => recipe),
    filterOf(
      'length',
      items,
      lengthOf,
      LENGTHS.map(([, words]) => words),
    ),
  ];
  const classes = (item: PageItem): string => filters.flatMap(({idOf}) => idOf(item) ?? []).join(' ');
  return framed({
    title: shown(title),
    kind: 'Anchorage pairs',
    heading: shown(title),
    lead: shown(lead),
    style: `${ownStyle}${filters.flatMap(({rules}) => rules).join('\n')}`,
    head: SEALED,
    parts: [
      `<section class="card"><dl>${facts.map(([label, value]) => `<div><dt>${shown(label)}</dt><dd>${shown(value)}</dd></div>`).join('')}</dl></section>`,
      `<form class="card">${filters.map(({fieldset}) => fieldset).join('')}</form>`,
      `<section class="card">
${items.map((item) => articleOf(item, classes(item))).join('\n')}
</section>`,
    ],
  });
};

const ownStyle = `
form { display: flex; flex-wrap: wrap; gap: 8px 32px; position: sticky; top: 0; z-index: 1; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { padding: 0; color: var(--soft); font-size: 13px; }
form label { margin-right: 14px; white-space: nowrap; }
del { text-decoration: none; background: color-mix(in srgb, var(--colour-2) 28%, transparent); }
ins { text-decoration: none; background: color-mix(in srgb, var(--colour-1) 28%, transparent); }
`;

interface Filter {
  readonly fieldset: string;
  /** What hides what is not checked. */
  readonly rules: readonly string[];
  idOf(item: PageItem): string | undefined;
}

/** Ids are numbers, so that no word of a run gets into the style sheet. */
const filterOf = (
  name: string,
  items: readonly PageItem[],
  valueIn: (item: PageItem) => string | undefined,
  order: readonly string[] = [],
): Filter => {
  const counts = new Map<string, number>(order.map((value) => [value, 0]));
  for (const item of items) {
    const value = valueIn(item);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts].filter(([, count]) => count > 0);
  const ids = new Map(values.map(([value], index) => [value, `${name}-${index}`]));
  const boxes = values.map(
    ([value, count]) =>
      `<label><input type="checkbox" id="${ids.get(value)}" checked> ${shown(value)} (${count})</label>`,
  );
  return {
    // One that leaves no choice is none.
    fieldset: values.length < 2 ? '' : `<fieldset><legend>${name}</legend>${boxes.join('')}</fieldset>`,
    rules: [...ids.values()].map((id) => `main:has(#${id}:not(:checked)) .${id} { display: none; }`),
    idOf: (item) => ids.get(valueIn(item) ?? ''),
  };
};

const lengthOf = ({texts}: PageItem): string => {
  const longest = Math.max(0, ...texts.map(({text}) => text.length));
  return LENGTHS.findLast(([least]) => longest >= least)?.[1] ?? '';
};

const shown = (text: string): string => escapeXml(plain(text));

const articleOf = ({outcome, note, prompt, texts}: PageItem, classes: string): string => {
  const [before, after] = texts.map(({label, text}) => ({label, text: excerpt(text, MOST_CHARACTERS)}));
  const sides =
    before === undefined || after === undefined ? texts.map(plainSide) : differingSides(before, after);
  return `<article class="${classes}">${plainSide({label: `${outcome}${note === '' ? '' : `: ${note}`}`, text: prompt})}<div class="sides">${sides.join('')}</div></article>`;
};

type Side = PageItem['texts'][number];

const sideOf = (label: string, content: string): string =>
  `<div><p class="label">${shown(label)}</p><p class="text">${content}</p></div>`;

const plainSide = ({label, text}: Side): string => sideOf(label, shown(excerpt(text, MOST_CHARACTERS)));

const differingSides = (before: Side, after: Side): string[] => {
  const [one, other] = [piecesIn(before.text), piecesIn(after.text)];
  const {changes} = differenceOf(one, other);
  return [
    sideOf(before.label, marked(one, changes, 'before')),
    sideOf(after.label, marked(other, changes, 'after')),
  ];
};

/** Words and signs, each with the space before it: all of the text. */
const piecesIn = (text: string): string[] =>
  text.match(/\s*(?:\p{L}[\p{L}\p{M}]*|\p{N}+|[^\s\p{L}\p{N}])|\s+/gu) ?? [];

const marked = (pieces: readonly string[], changes: readonly Change[], side: keyof Change): string => {
  const tag = side === 'before' ? 'del' : 'ins';
  let at = 0;
  let content = '';
  for (const {[side]: span} of changes) {
    content += shown(pieces.slice(at, span.from).join(''));
    if (span.to > span.from)
      content += `<${tag}>${shown(pieces.slice(span.from, span.to).join(''))}</${tag}>`;
    at = span.to;
  }
  return content + shown(pieces.slice(at).join(''));
};
