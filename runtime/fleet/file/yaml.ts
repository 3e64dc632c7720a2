/** YAML of people, read with errors that name the line. */
import {
  type Alias,
  type CST,
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  visit,
} from 'yaml';
import {messageOf} from '../../errors.js';
import type {Path} from './complaints.js';

export interface YamlText {
  readonly value: unknown;
  /** The line of a key, or of the nearest key above it that the text has. */
  readonly lineAt: (keys: Path) => number | undefined;
}

/** Levels of maps and lists within each other; a fleet has a tenth of them. */
const MOST_LEVELS = 100;

/**
 * @param refuse is told, in a line, what makes the text no YAML, and where: from 1.
 */
export const readYaml = (text: string, refuse: (message: string, line: number) => never): YamlText => {
  const lines = new LineCounter();
  const deep = tooDeepAt(text);
  if (deep !== undefined)
    return refuse(
      `maps and lists over ${MOST_LEVELS} levels deep; is a bracket not closed?`,
      text.slice(0, deep).split('\n').length,
    );
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [problem] = document.errors;
  if (problem !== undefined) return refuse(firstLine(problem.message), lineAt(problem.pos[0]));
  const refuseAt = (node: Node | undefined, message: string): never =>
    refuse(message, lineAt(node?.range?.[0] ?? 0));
  const last = lastAlias(document, refuseAt);
  try {
    return {
      value: document.toJS() as unknown,
      lineAt: (keys) => lineOf(keys, document.contents, lines),
    };
  } catch (error) {
    if (error instanceof ReferenceError)
      return refuseAt(last, `*${last?.source} and the aliases before it stand for too much; write it out`);
    return refuse(firstLine(messageOf(error)), 1);
  }
};

/**
 * Where a text first has more levels than that; undefined where it does not. The YAML package makes a document by calling itself
 * for each level, which ends the process where there are many; its tokens it finds without that.
 */
const tooDeepAt = (text: string): number | undefined => {
  const open: {readonly token: CST.Token; readonly level: number}[] = [];
  for (const document of new Parser().parse(text)) {
    open.push({token: document, level: 0});
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const {token, level} = next;
      if (level > MOST_LEVELS) return token.offset;
      if (token.type === 'document' && token.value) open.push({token: token.value, level});
      for (const {key, value} of 'items' in token ? token.items : [])
        for (const inner of [key, value]) if (inner) open.push({token: inner, level: level + 1});
    }
  }
  return undefined;
};

/** The last alias of a document; those that stand for nothing, or for what they are in, are refused. */
const lastAlias = (
  document: Document,
  refuse: (alias: Alias, message: string) => never,
): Alias | undefined => {
  let last: Alias | undefined;
  visit(document, {
    Alias(_, alias, above) {
      const target = alias.resolve(document);
      if (target === undefined)
        refuse(
          alias,
          `*${alias.source} has no anchor before it; put quotes around a text that begins with *`,
        );
      if (above.some((node) => node === target)) refuse(alias, `*${alias.source} is in what it stands for`);
      last = alias;
    },
  });
  return last;
};

const lineOf = (keys: Path, root: unknown, lines: LineCounter): number | undefined => {
  let node = root;
  let line: number | undefined;
  for (const key of keys) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
};

const firstLine = (text: string): string => text.split('\n')[0] ?? text;
