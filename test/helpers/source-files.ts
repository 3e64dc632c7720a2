/** The project's TypeScript files and what they import, read from the sources themselves. */
import {readdirSync, readFileSync} from 'node:fs';
import {join, posix} from 'node:path';
import {packageRoot} from '../../runtime/paths.js';

export interface Import {
  /** A file of ours, from the checkout's folder, such as runtime/bus/bus.ts; or a package, such as nats or node:fs. */
  readonly of: string;
  readonly ours: boolean;
  /** Only types are imported: nothing is loaded. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the checkout's folder. */
  readonly path: string;
  readonly lines: number;
  /** Its text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every .ts file under the folders, generated ones and fixtures left out. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), {recursive: true, encoding: 'utf8'})
      .filter((name) => name.endsWith('.ts') && !/(^|\/)(generated\.d\.ts$|fixtures\/)/.test(name))
      .map((name) => posix.join(folder, name))
      .sort()
      .map(readSource),
  );
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(packageRoot, path), 'utf8');
  return {path, lines: text.split('\n').length - 1, code: codeOf(text), imports: importsOf(text, path)};
}

const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** Statements begin a line, as the formatter leaves them; `import('...')` may be anywhere outside a comment. */
export function importsOf(text: string, path: string): Import[] {
  const code = codeOf(text);
  const statements = [...code.matchAll(/^(?:import|export)\s+((?:type\s+)?[^;'"]*?)\s*from\s*'([^']+)'/gm)];
  const effects = [...code.matchAll(/^import\s+'([^']+)'/gm)];
  const dynamic = [...code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)];
  return [
    ...statements.map(([, names = '', name = '']) => importOf(name, path, isTypeOnly(names))),
    ...[...effects, ...dynamic].map(([, name = '']) => importOf(name, path, false)),
  ];
}

function isTypeOnly(names: string): boolean {
  if (/^type\s/.test(names)) return true;
  const braces = /^\{([^}]*)\}$/.exec(names.trim());
  const listed = braces?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return listed?.every((name) => name.startsWith('type ')) ?? false;
}

function importOf(name: string, path: string, typeOnly: boolean): Import {
  if (!name.startsWith('.')) return {of: name, ours: false, typeOnly};
  return {of: posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'), ours: true, typeOnly};
}
