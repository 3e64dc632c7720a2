/** README.md of a repository on the Hub: front matter, and a mark by which a card that a person wrote or altered is told. Pure. */
import {createHash} from 'node:crypto';
import {redacted} from '../../text/redact.js';

/** Keys of the front matter; one that is undefined or empty is left out. */
export type FrontMatter = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The text of a card that `isOurs` knows again. */
export const cardText = (front: FrontMatter, body: string): string => {
  // JSON is YAML, and has nothing that could end its value.
  const lines = Object.entries(front).flatMap(([key, value]) =>
    value === undefined || value.length === 0 ? [] : [`${key}: ${JSON.stringify(value)}`],
  );
  const text = redacted(`---\n${lines.join('\n')}\n---\n\n${body.trim()}\n`);
  return `${text}\n${markOf(text)}\n`;
};

const markOf = (text: string): string =>
  `<!-- written by anchorage push, sha256 ${createHash('sha256').update(text).digest('hex')} -->`;

/** Whether a card is as `cardText` wrote it. */
export const isOurs = (card: string): boolean => {
  const text = card.replaceAll('\r\n', '\n').trimEnd();
  const end = text.lastIndexOf('\n<!--');
  return end >= 0 && text.slice(end + 1) === markOf(text.slice(0, end));
};

/** A table of facts; one that is undefined is left out. */
export const factTable = (facts: readonly (readonly [label: string, value: string | undefined])[]): string =>
  [
    '| | |',
    '| --- | --- |',
    ...facts.flatMap(([label, value]) => (value === undefined ? [] : [`| ${label} | ${cell(value)} |`])),
  ].join('\n');

/** In one row, and in one column of it. */
const cell = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\|<>[\]`]/g, (one) => `\\${one}`);
