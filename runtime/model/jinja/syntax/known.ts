/** Names that Jinja has, and whether they are rendered here. */

import {otherStringMethods} from '../builtins/string-methods.js';
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import type {Expression} from './syntax.js';

const ELSEWHERE: Readonly<Record<'filter' | 'test', ReadonlySet<string>>> = {
  filter: new Set(
    'filesizeformat groupby pprint random striptags truncate urlencode urlize wordwrap xmlattr'.split(' '),
  ),
  test: new Set(['filter', 'test']),
};

/** Throws for a name that is not among `here`: known to Jinja, or to nobody. */
export function requireKnown(kind: 'filter' | 'test', name: string, here: ReadonlySet<string>): void {
  if (here.has(name)) return;
  if (ELSEWHERE[kind].has(name)) throw new UnsupportedTemplate(`the ${kind} ${name}`);
  throw new TemplateError(`there is no ${kind} ${name}`);
}

/** Functions that Jinja gives every template and this program does not. */
export const OTHER_FUNCTIONS: ReadonlySet<string> = new Set(['cycler', 'joiner', 'lipsum', 'self']);

/** Names that are values. */
export const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** Refuses what is called here before anything is rendered, not when a conversation first comes to it. */
export function requireCallable(callee: Expression): void {
  if (callee.kind === 'attribute' && otherStringMethods.has(callee.name))
    throw new UnsupportedTemplate(`the method ${callee.name} of a text`);
  if (callee.kind === 'name' && OTHER_FUNCTIONS.has(callee.name))
    throw new UnsupportedTemplate(`the function ${callee.name}`);
}
