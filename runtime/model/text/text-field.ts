/** A field of a data file that holds a text. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {messageSchema, type Text} from './conversations.js';

const MESSAGE = '{"role": "user", "content": "..."}';

/**
 * The text of a field, checked; undefined where there is none.
 *
 * @param where `FILE:LINE: FIELD`.
 * @throws TerminalError with what is wrong of which turn.
 */
export function textIn(value: unknown, where: string): Text | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (!Array.isArray(value))
    throw new TerminalError(`${where}: neither a text nor messages such as [${MESSAGE}]`);
  const parsed = z.array(messageSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  const [turn = 0, field] = parsed.error.issues[0]?.path ?? [];
  const what = field === 'role' ? 'not the name of a role' : 'neither a text nor parts';
  throw new TerminalError(
    field === undefined
      ? `${where}.${String(turn)}: not a message; each is ${MESSAGE}`
      : `${where}.${String(turn)}.${String(field)}: ${what}; each message is ${MESSAGE}`,
  );
}
