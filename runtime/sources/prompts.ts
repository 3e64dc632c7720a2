/** Prompts of a data file, in any form and layout that has them. */
import {TerminalError} from '../errors.js';
import type {ChatContext} from '../model/text/chat-template.js';
import {isBlank, type Text} from '../model/text/conversations.js';
import type {Answer} from './layouts/layout.js';
import {columnOf, columnsThere, exampleOf} from './layouts/layouts.js';
import {readRows} from './rows.js';
import type {Source} from './split.js';

export interface PromptRow {
  /** Undefined where the row's is null, empty or white space. */
  readonly prompt: Text | undefined;
  /** `tools` and `chat_template_kwargs` of the row. */
  readonly context: ChatContext | undefined;
  /** That somebody recorded. */
  readonly answers: readonly Answer[];
  /** Whether their scores say nothing beside another row's. */
  readonly areScoresOfRow: boolean;
  /** Turns that follow an answer to the prompt, which there is none of yet. */
  readonly laterTurns: number;
  /** Counted from 1: the line, where a row is a line of text. */
  readonly row: number;
  /** `FILE:LINE`, or `FILE row N`. */
  readonly where: string;
}

/** Where prompts are. */
export interface PromptSource extends Source {
  /** That holds the prompt; known by the layout unless given. */
  readonly column?: string | undefined;
}

/**
 * The prompts of a source in order, a row at a time.
 *
 * @throws TerminalError naming the file and the row of what cannot be read, or has no prompt.
 */
export async function* readPromptRows(source: PromptSource): AsyncGenerator<PromptRow> {
  const {column, keys} = source;
  for await (const each of readRows(source, '{"prompt": "..."}')) {
    const {row, where, columns} = each;
    const example = column === undefined ? exampleOf(each) : columnOf(each, column);
    const isThere = example?.prompt !== undefined || Object.hasOwn(columns, column ?? 'prompt');
    if (example === undefined || !isThere)
      throw new TerminalError(
        `${where}: no prompt in the columns ${columnsThere(columns)}; name the one that holds it by ${keys}column, or rename it to "prompt"`,
      );
    const {prompt = '', context, answers = [], areScoresOfRow = false, laterTurns = 0} = example;
    const asked = isBlank(prompt) ? undefined : prompt;
    yield {prompt: asked, context, answers, areScoresOfRow, laterTurns, row, where};
  }
}

/**
 * The prompt of a row that is to be answered as it is.
 *
 * @throws TerminalError where it has none, or ends with an answer.
 */
export function promptOf({prompt, where}: PromptRow): Text {
  if (prompt === undefined) throw new TerminalError(`${where}: prompt: empty; leave the line out`);
  if (typeof prompt !== 'string' && prompt.at(-1)?.role === 'assistant')
    throw new TerminalError(`${where}: prompt: ends with an answer; end it with what is to be answered`);
  return prompt;
}
