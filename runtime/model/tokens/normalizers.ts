/** What is done to a text before it is split: the `normalizer` of tokenizer.json. */
import * as z from 'zod';
import {normalized} from './characters.js';
import {fieldsOf, refusal, typeOf, type Where} from './component.js';
import {patternSchema, replacing} from './pattern.js';

export type Normalizer = (text: string) => string;

/** Null is none. */
export function normalizerOf(where: Where, part: unknown): Normalizer {
  if (part === null || part === undefined) return (text) => text;
  const type = typeOf(where, part);
  switch (type) {
    case 'Sequence': {
      const {normalizers} = fieldsOf(where, part, {normalizers: z.array(z.unknown())});
      const each = normalizers.map((one, index) => normalizerOf(`${where}.normalizers.${index}`, one));
      return (text) => each.reduce((changed, normalize) => normalize(changed), text);
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      fieldsOf(where, part, {});
      return (text) => normalized(text, type);
    case 'Lowercase':
      fieldsOf(where, part, {});
      // Character by character: of a whole text JavaScript would write a last sigma in its own way.
      return (text) => [...text].map((character) => character.toLowerCase()).join('');
    case 'Strip': {
      const {strip_left, strip_right} = fieldsOf(where, part, {
        strip_left: z.boolean(),
        strip_right: z.boolean(),
      });
      return (text) => {
        const begun = strip_left ? text.replace(/^\p{White_Space}+/u, '') : text;
        return strip_right ? withoutSpaceAtEnd(begun) : begun;
      };
    }
    case 'Prepend': {
      const {prepend} = fieldsOf(where, part, {prepend: z.string()});
      return (text) => (text === '' ? '' : prepend + text);
    }
    case 'Replace': {
      const {pattern, content} = fieldsOf(where, part, {pattern: patternSchema, content: z.string()});
      return replacing(where, pattern, content);
    }
    default:
      throw refusal(where, `"${type}"`);
  }
}

/** Without a search from each of many spaces to the end. */
function withoutSpaceAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
