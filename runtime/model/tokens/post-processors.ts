/** What is put around a text's ids, such as a first BOS: the `post_processor` of tokenizer.json. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {fieldsOf, refusal, typeOf, type Where} from './component.js';

/** The ids with those around them. */
export type PostProcessor = (ids: readonly number[]) => number[];

const tokenWithId = z.tuple([z.string(), z.int().min(0)]);
const place = z.union([
  z.strictObject({SpecialToken: z.strictObject({id: z.string(), type_id: z.int()})}),
  z.strictObject({Sequence: z.strictObject({id: z.literal('A'), type_id: z.int()})}),
]);
const specialToken = z.strictObject({
  id: z.string(),
  ids: z.array(z.int().min(0)),
  tokens: z.array(z.string()),
});

/** Null is none. */
export function postProcessorOf(where: Where, part: unknown): PostProcessor {
  if (part === null || part === undefined) return (ids) => [...ids];
  const type = typeOf(where, part);
  switch (type) {
    case 'Sequence': {
      const {processors} = fieldsOf(where, part, {processors: z.array(z.unknown())});
      const each = processors.map((one, index) => postProcessorOf(`${where}.processors.${index}`, one));
      return (ids) => each.reduce((processed, process) => process(processed), [...ids]);
    }
    case 'TemplateProcessing': {
      const {single, special_tokens} = fieldsOf(where, part, {
        single: z.array(place),
        pair: z.unknown(),
        special_tokens: z.record(z.string(), specialToken),
      });
      const parts = single.map((item) => {
        if (!('SpecialToken' in item)) return undefined;
        const token = special_tokens[item.SpecialToken.id];
        if (token !== undefined) return token.ids;
        throw new TerminalError(
          `${where}: "single" has ${JSON.stringify(item.SpecialToken.id)}, which is not in "special_tokens"; copy the file again`,
        );
      });
      return (ids) => parts.flatMap((own) => own ?? ids);
    }
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const {cls, sep} = fieldsOf(where, part, {
        cls: tokenWithId,
        sep: tokenWithId,
        trim_offsets: z.boolean().optional(),
        add_prefix_space: z.boolean().optional(),
      });
      return (ids) => [cls[1], ...ids, sep[1]];
    }
    case 'ByteLevel':
      // It only says where in the text a token stands.
      return (ids) => [...ids];
    default:
      throw refusal(where, `"${type}"`);
  }
}
