/** How a text is split into the pieces that a model encodes each by itself: the `pre_tokenizer` of tokenizer.json. */
import * as z from 'zod';
import {bytesAsCharacters} from './byte-characters.js';
import {isNumeric, isPunctuation, isWhiteSpace, WHITE_SPACE, WORD} from './characters.js';
import {fieldsOf, refusal, typeOf, type Where} from './component.js';
import {
  behaviorSchema,
  characterParts,
  joinedParts,
  type Part,
  partsOf,
  patternSchema,
  regExpOf,
} from './pattern.js';

export interface Piece {
  readonly text: string;
  /** Whether it begins where the whole text begins. */
  readonly isFirst: boolean;
}

export type PreTokenizer = (pieces: readonly Piece[]) => Piece[];

/** Null is none. */
export function preTokenizerOf(where: Where, part: unknown): PreTokenizer {
  if (part === null || part === undefined) return (pieces) => [...pieces];
  const type = typeOf(where, part);
  switch (type) {
    case 'Sequence': {
      const {pretokenizers} = fieldsOf(where, part, {pretokenizers: z.array(z.unknown())});
      const each = pretokenizers.map((one, index) => preTokenizerOf(`${where}.pretokenizers.${index}`, one));
      return (pieces) => each.reduce((split, preTokenize) => preTokenize(split), [...pieces]);
    }
    case 'ByteLevel':
      return byteLevel(where, part);
    case 'Metaspace':
      return metaspace(where, part);
    case 'Split': {
      const {pattern, behavior, invert} = fieldsOf(where, part, {
        pattern: patternSchema,
        behavior: behaviorSchema,
        invert: z.boolean(),
      });
      const regExp = regExpOf(where, pattern);
      return splitting((text) => {
        const parts = partsOf(text, regExp);
        return joinedParts(invert ? parts.map(inverted) : parts, behavior);
      });
    }
    case 'Whitespace': {
      fieldsOf(where, part, {});
      const word = new RegExp(`[${WORD}]+|[^${WORD}${WHITE_SPACE}]+`, 'gu');
      return splitting((text) => joinedParts(partsOf(text, word).map(inverted), 'Removed'));
    }
    case 'WhitespaceSplit':
      fieldsOf(where, part, {});
      return splitting((text) => joinedParts(characterParts(text, isWhiteSpace), 'Removed'));
    case 'CharDelimiterSplit': {
      const {delimiter} = fieldsOf(where, part, {delimiter: z.string()});
      return splitting((text) =>
        joinedParts(
          characterParts(text, (character) => character === delimiter),
          'Removed',
        ),
      );
    }
    case 'Punctuation': {
      const {behavior} = fieldsOf(where, part, {behavior: behaviorSchema.default('Isolated')});
      return splitting((text) => joinedParts(characterParts(text, isPunctuation), behavior));
    }
    case 'Digits': {
      const {individual_digits} = fieldsOf(where, part, {individual_digits: z.boolean()});
      const behavior = individual_digits ? 'Isolated' : 'Contiguous';
      return splitting((text) => joinedParts(characterParts(text, isNumeric), behavior));
    }
    case 'BertPreTokenizer': {
      fieldsOf(where, part, {});
      const bySpace = splitting((text) => joinedParts(characterParts(text, isWhiteSpace), 'Removed'));
      const byPunctuation = splitting((text) => characterParts(text, isPunctuation));
      return (pieces) => byPunctuation(bySpace(pieces));
    }
    case 'FixedLength': {
      const {length} = fieldsOf(where, part, {length: z.int().min(1)});
      return splitting((text) => fixedLengthParts(text, length));
    }
    default:
      throw refusal(where, `"${type}"`);
  }
}

const inverted = ({text, isMatch}: Part): Part => ({text, isMatch: !isMatch});

/** Empty parts hold a place, and are then left out. */
const splitting =
  (split: (text: string) => readonly Part[]): PreTokenizer =>
  (pieces) =>
    pieces.flatMap(({text, isFirst}) =>
      split(text)
        .map((part, index) => ({text: part.text, isFirst: isFirst && index === 0}))
        .filter((piece) => piece.text !== ''),
    );

const changing =
  (change: (piece: Piece) => string): PreTokenizer =>
  (pieces) =>
    pieces.map((piece) => ({...piece, text: change(piece)}));

/** GPT-2's. */
const BYTE_LEVEL_PATTERN = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${WHITE_SPACE}\\p{L}\\p{N}]+|${WHITE_SPACE}+(?!\\P{White_Space})|${WHITE_SPACE}+`,
  'gu',
);

/** Each byte of the text as a character, after splitting at words. */
function byteLevel(where: Where, part: unknown): PreTokenizer {
  const {add_prefix_space, use_regex} = fieldsOf(where, part, {
    add_prefix_space: z.boolean(),
    trim_offsets: z.boolean().optional(),
    use_regex: z.boolean().default(true),
  });
  const prefixed = changing(({text}) => (add_prefix_space && !text.startsWith(' ') ? ` ${text}` : text));
  const split = splitting((text) =>
    use_regex ? partsOf(text, BYTE_LEVEL_PATTERN) : [{text, isMatch: false}],
  );
  const encoded = changing(({text}) => bytesAsCharacters(text));
  return (pieces) => encoded(split(prefixed(pieces)));
}

/** SentencePiece's: spaces become a character of their own, and a first one is added. */
function metaspace(where: Where, part: unknown): PreTokenizer {
  const fields = fieldsOf(where, part, {
    replacement: z.string(),
    prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
    split: z.boolean().default(true),
    add_prefix_space: z.boolean().optional(),
    str_rep: z.string().optional(),
  });
  const {replacement, prepend_scheme, split, add_prefix_space} = fields;
  if (add_prefix_space === false && prepend_scheme !== 'never')
    throw refusal(where, `"add_prefix_space": false beside "prepend_scheme": "${prepend_scheme}"`);
  if ([...replacement].length !== 1) throw refusal(where, `"replacement": ${JSON.stringify(replacement)}`);
  const replaced = changing(({text, isFirst}) => {
    const spaced = text.replaceAll(' ', replacement);
    const isPrefixed = prepend_scheme === 'always' || (prepend_scheme === 'first' && isFirst);
    return isPrefixed && !spaced.startsWith(replacement) ? replacement + spaced : spaced;
  });
  if (!split) return replaced;
  const words = splitting((text) =>
    joinedParts(
      characterParts(text, (character) => character === replacement),
      'MergedWithNext',
    ),
  );
  return (pieces) => words(replaced(pieces));
}

function fixedLengthParts(text: string, length: number): Part[] {
  const characters = [...text];
  return Array.from({length: Math.ceil(characters.length / length)}, (_, index) => ({
    text: characters.slice(index * length, (index + 1) * length).join(''),
    isMatch: false,
  }));
}
