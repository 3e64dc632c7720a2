/** What a line of a data file gives the chat template beside its texts: `tools` and `chat_template_kwargs`, as TRL reads them. */
import * as z from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {parseExact} from '../../json/exact-json.js';
import {type ChatContext, templateArgumentsSchema} from './chat-template.js';

const toolsSchema = z.array(z.record(z.string(), z.unknown()));

/**
 * The context of a line; undefined where it gives none.
 *
 * @param where `FILE:LINE`.
 * @throws TerminalError with the field and what it should be.
 */
export function contextIn(row: Readonly<Record<string, unknown>>, where: string): ChatContext | undefined {
  const tools = toolsIn(row.tools ?? undefined, `${where}: tools`);
  const given = argumentsIn(row.chat_template_kwargs ?? undefined, `${where}: chat_template_kwargs`);
  return tools === undefined && given === undefined ? undefined : {tools, arguments: given};
}

/** A list of functions, or the JSON text of one, as tables of rows that differ have it. */
function toolsIn(value: unknown, where: string): ChatContext['tools'] {
  if (value === undefined) return undefined;
  const tools = typeof value === 'string' ? parsed(value, where) : value;
  if (tools === null) return undefined;
  const {success, data} = toolsSchema.safeParse(tools);
  if (success) return data;
  throw new TerminalError(
    `${where}: not a list of functions such as [{"type": "function", "function": {"name": "..."}}], or null`,
  );
}

function parsed(text: string, where: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    throw new TerminalError(
      `${where}: a text that is not JSON (${messageOf(error)}); write the list itself, or null`,
    );
  }
}

function argumentsIn(value: unknown, where: string): ChatContext['arguments'] {
  if (value === undefined) return undefined;
  const {success, data, error} = templateArgumentsSchema.safeParse(value);
  if (success) return data;
  const issue = error.issues[0];
  throw new TerminalError(
    issue?.code === 'custom'
      ? `${where}.${issue.path.join('.')}: ${issue.message}`
      : `${where}: not an object such as {"enable_thinking": false}, or null`,
  );
}
