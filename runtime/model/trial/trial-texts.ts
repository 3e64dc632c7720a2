/** What a tokenizer is tried on: texts over which its patterns may take for ever. Pure. */

/** Long enough for what doubles with each character to take for ever, and for what grows with the cube. */
const RUN_LENGTH = 2_000;

/** Of the kinds of characters that patterns are about, one each. */
const OF_EACH_KIND = ['a', 'A', '1', ' ', '\n', '!', '-', '=', '$', 'é', 'α', '中', '٣', '☃', '\u0301'];
/** Of those that the file's patterns name. */
const MOST_NAMED = 64;

/**
 * Texts on which a regular expression that backtracks does so: long runs of one character, or of two in turn, with an end
 * that does not fit. On runs of what is replaced, replacements that make more of it grow.
 *
 * @param file the text of tokenizer.json, which is JSON.
 */
export const probesFor = (file: string): string[] => {
  const named = [...file.matchAll(/"(?:Regex|String|pattern)"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => String(JSON.parse(text)),
  );
  const literals = named.map(literalsOf);
  const pairs = literals.flatMap((all) => all.slice(1).map((one, index) => `${all[index]}${one}`));
  const runs = new Set([...OF_EACH_KIND, ...[...new Set(literals.flat())].slice(0, MOST_NAMED)]);
  const turns = ['a ', 'a1', 'ab', "a'", ' \n', '1,', 'aA', ...[...new Set(pairs)].slice(0, MOST_NAMED)];
  return [
    'Which is the third planet?',
    ...[...runs].flatMap((character) =>
      ['\u0001', '!', 'b'].map((end) => character.repeat(RUN_LENGTH) + end),
    ),
    ...[...turns, ...named.slice(0, MOST_NAMED)].map((text) => `${repeated(text)}\u0001`),
  ];
};

const repeated = (text: string): string => text.repeat(Math.ceil(RUN_LENGTH / Math.max(1, text.length)));

/** The characters that a pattern may stand for by themselves, in their order: what is only syntax does no harm among them. */
const literalsOf = (pattern: string): string[] => [
  ...pattern
    .replaceAll(/\\[pP]\{[^}]*\}/g, '')
    .replaceAll(/\\(?:x([\da-f]{2})|x\{([\da-f]{1,6})\}|u([\da-f]{4}))/gi, (_, two, braces, four) =>
      characterOf(Number.parseInt(two ?? braces ?? four, 16)),
    )
    .replaceAll(/\\([^a-z\d])|\\[a-z]|[()[\]{}|]/gi, (_, escaped = '') => escaped),
];

const characterOf = (code: number): string => (code > 0x10_ffff ? '' : String.fromCodePoint(code));
