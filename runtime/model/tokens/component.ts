/**
 * Parts of tokenizer.json, read strictly: a type or a field that is not known exactly is refused by name, since the tokens
 * would be others without a word.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {checked} from '../../json/json-file.js';

/** A file and a field of it, as errors name them: `model/tokenizer.json: pre_tokenizer.pretokenizers.1`. */
export type Where = string;

export const refusal = (where: Where, what: string): TerminalError =>
  new TerminalError(`${where}: ${what} is not supported; use a model with another tokenizer`);

const typed = z.looseObject({type: z.string()});

/** What a part says it is. */
export const typeOf = (where: Where, part: unknown): string => checked(where, part, typed).type;

/** The fields of a part beside its type. A field that is not in the shape is refused by name. */
export function fieldsOf<T extends z.ZodRawShape>(
  where: Where,
  part: unknown,
  shape: T,
): z.infer<z.ZodObject<T>> {
  const {type, ...fields} = checked(where, part, typed);
  const strange = Object.keys(fields).find((name) => !(name in shape));
  if (strange !== undefined) throw refusal(where, `${type} with "${strange}"`);
  return checked(where, fields, z.object(shape));
}
