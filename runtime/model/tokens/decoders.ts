/** Tokens as text: the `decoder` of tokenizer.json. */
import * as z from 'zod';
import {tokenBytes} from './byte-characters.js';
import {fieldsOf, refusal, typeOf, type Where} from './component.js';
import {patternSchema, replacing} from './pattern.js';

/** The parts of the text. */
export type Decoder = (tokens: readonly string[]) => string[];

/** Null is none: tokens are then joined by spaces. */
export function decoderOf(where: Where, part: unknown): Decoder {
  if (part === null || part === undefined) return (tokens) => [tokens.join(' ')];
  const type = typeOf(where, part);
  switch (type) {
    case 'Sequence': {
      const {decoders} = fieldsOf(where, part, {decoders: z.array(z.unknown())});
      const each = decoders.map((one, index) => decoderOf(`${where}.decoders.${index}`, one));
      return (tokens) => each.reduce((decoded, decode) => decode(decoded), [...tokens]);
    }
    case 'ByteLevel':
      return (tokens) => [utf8(tokens.flatMap(tokenBytes))];
    case 'ByteFallback':
      fieldsOf(where, part, {});
      return byteFallback;
    case 'Fuse':
      fieldsOf(where, part, {});
      return (tokens) => [tokens.join('')];
    case 'Replace': {
      const {pattern, content} = fieldsOf(where, part, {pattern: patternSchema, content: z.string()});
      const replace = replacing(where, pattern, content);
      return (tokens) => tokens.map(replace);
    }
    case 'Strip': {
      const {content, start, stop} = fieldsOf(where, part, {
        content: z.string(),
        start: z.int().min(0),
        stop: z.int().min(0),
      });
      return (tokens) => tokens.map((token) => stripped([...token], content, start, stop));
    }
    case 'Metaspace': {
      const {replacement, prepend_scheme} = fieldsOf(where, part, {
        replacement: z.string(),
        prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
        split: z.boolean().optional(),
        add_prefix_space: z.boolean().optional(),
        str_rep: z.string().optional(),
      });
      return (tokens) =>
        tokens.map((token, index) =>
          token.replaceAll(replacement, index === 0 && prepend_scheme !== 'never' ? '' : ' '),
        );
    }
    case 'WordPiece': {
      const {prefix, cleanup} = fieldsOf(where, part, {prefix: z.string(), cleanup: z.boolean()});
      if (cleanup) throw refusal(where, 'WordPiece with "cleanup"');
      return (tokens) =>
        tokens.map((token, index) => {
          if (index === 0) return token;
          return token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        });
    }
    default:
      throw refusal(where, `"${type}"`);
  }
}

const utf8Decoder = new TextDecoder('utf-8', {ignoreBOM: true});
const utf8 = (bytes: readonly number[]): string => utf8Decoder.decode(Uint8Array.from(bytes));
const strictDecoder = new TextDecoder('utf-8', {ignoreBOM: true, fatal: true});

const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

/** Tokens of bytes, one after another, are characters; where they are none, each is an unknown character. */
function byteFallback(tokens: readonly string[]): string[] {
  const decoded: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      decoded.push(strictDecoder.decode(Uint8Array.from(bytes)));
    } catch {
      decoded.push(...bytes.map(() => '\ufffd'));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = BYTE_TOKEN.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flush();
    decoded.push(token);
  }
  flush();
  return decoded;
}

/** Without up to `start` characters `content` at the beginning, and up to `stop` at the end. */
function stripped(characters: readonly string[], content: string, start: number, stop: number): string {
  let begin = 0;
  while (begin < start && characters[begin] === content) begin += 1;
  let end = characters.length;
  while (end > begin && characters.length - end < stop && characters[end - 1] === content) end -= 1;
  return characters.slice(begin, end).join('');
}
