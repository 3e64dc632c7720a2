/** A program is one file (runtime/setup/bundle.mjs); who reads a stack wants the sources' files and lines. */
import {readFileSync} from 'node:fs';
import {SourceMap, type SourceMapPayload} from 'node:module';
import {dirname, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {codeRoot, packageRoot} from './paths.js';

const PLACE = /(?<file>file:\/\/[^\s()]+):(?<line>\d+):(?<column>\d+)/g;

/**
 * A stack with the places in the build replaced by those in the sources, such as `runtime/actor/run-actor.ts:93:5`. Source maps are
 * read here, when something went wrong: Node's own --enable-source-maps reads them at every start. What has no map stays.
 */
export const sourceStack = (stack: string): string =>
  stack.replaceAll(PLACE, (place, url: string, line: string, column: string) => {
    try {
      const file = fileURLToPath(url);
      if (!file.startsWith(codeRoot)) return place;
      const payload = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload;
      const entry = new SourceMap(payload).findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in entry)) return place;
      const source = relative(packageRoot, resolve(dirname(file), entry.originalSource));
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    } catch {
      return place;
    }
  });
