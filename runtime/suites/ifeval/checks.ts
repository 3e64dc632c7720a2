/**
 * A rule for each verifiable instruction of IFEval (Zhou et al., 2023): whether an answer follows it, as the published checks decide.
 * Pure. Of those that ask a library for sentences or languages: sentences are those of Unicode (`Intl.Segmenter`); that the text is
 * English is not looked at beside its case; and the language of an answer has no rule.
 */
import {TerminalError} from '../../errors.js';

/** What a constraint says besides its name, such as `{num_words: 300, relation: 'at least'}`. */
export type Arguments = Readonly<Record<string, unknown>>;

type Check = (answer: string, given: Given) => boolean;

/** Reads the arguments of a constraint. Throws a TerminalError that names the one that is missing or odd. */
export interface Given {
  text(name: string): string;
  texts(name: string): readonly string[];
  number(name: string): number;
  /** Whether a count stands to the number of that name as `relation` says. */
  counts(count: number, number: string, relation?: string): boolean;
}

export const givenIn = (where: string, values: Arguments): Given => {
  const odd = (name: string, what: string): never => {
    throw new TerminalError(`${where}: kwargs: ${name}: ${what}`);
  };
  const text = (name: string): string => {
    const value = values[name];
    return typeof value === 'string' ? value : odd(name, 'not a text');
  };
  const number = (name: string): number => {
    const value = values[name];
    return typeof value === 'number' ? value : odd(name, 'not a number');
  };
  return {
    text,
    number,
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) && value.every((each) => typeof each === 'string')
        ? (value as string[])
        : odd(name, 'not a list of texts');
    },
    counts: (count, name, relation = 'relation') => {
      const most = number(name);
      const word = text(relation);
      if (word === 'at least') return count >= most;
      return word === 'less than' ? count < most : odd(relation, 'is `at least` or `less than`');
    },
  };
};

const exactly = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const countOf = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const words = (text: string): string[] => text.match(/[\p{L}\p{N}_\p{M}]+/gu) ?? [];
const isUpper = (text: string): boolean => text === text.toUpperCase() && text !== text.toLowerCase();
const isLower = (text: string): boolean => text === text.toLowerCase() && text !== text.toUpperCase();
const stripped = (text: string, signs: RegExp): string =>
  text.replace(new RegExp(`^${signs.source}+|${signs.source}+$`, 'g'), '');
const sentences = new Intl.Segmenter('en', {granularity: 'sentence'});

/** The parts between separators, of which the first and the last may be empty; undefined where another is. */
const partsOf = (text: string, separator: string | RegExp): string[] | undefined => {
  const parts = text.split(separator);
  const isEmpty = (part: string, at: number) => part.trim() === '' && at > 0 && at < parts.length - 1;
  return parts.some(isEmpty) ? undefined : parts.filter((part) => part.trim() !== '');
};

const firstWord = (paragraph: string): string =>
  (paragraph.trim().split(/\s+/)[0] ?? '')
    .replace(/^'+/, '')
    .replace(/^"+/, '')
    .split(/[.,?!'"]/)[0]
    ?.toLowerCase() ?? '';

const POSTSCRIPTS: Readonly<Record<string, RegExp>> = {
  'P.S.': /\s*p\.\s?s\..*$/m,
  'P.P.S': /\s*p\.\s?p\.\s?s.*$/m,
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** By the name of the instruction. */
export const checks = {
  'keywords:existence': (answer, given) =>
    given.texts('keywords').every((word) => new RegExp(exactly(word), 'iu').test(answer)),
  'keywords:frequency': (answer, given) =>
    given.counts(countOf(answer, new RegExp(exactly(given.text('keyword')), 'giu')), 'frequency'),
  'keywords:forbidden_words': (answer, given) =>
    given
      .texts('forbidden_words')
      .every(
        (word) => !new RegExp(`(?<![\\p{L}\\p{N}_])${exactly(word)}(?![\\p{L}\\p{N}_])`, 'iu').test(answer),
      ),
  'keywords:letter_frequency': (answer, given) => {
    const letter = given.text('letter').toLowerCase();
    return given.counts(
      [...answer.toLowerCase()].filter((each) => each === letter).length,
      'let_frequency',
      'let_relation',
    );
  },
  'length_constraints:number_sentences': (answer, given) =>
    given.counts(
      [...sentences.segment(answer)].filter(({segment}) => segment.trim() !== '').length,
      'num_sentences',
    ),
  'length_constraints:number_words': (answer, given) => given.counts(words(answer).length, 'num_words'),
  'length_constraints:number_paragraphs': (answer, given) =>
    partsOf(answer, /\s?\*\*\*\s?/)?.length === given.number('num_paragraphs'),
  'length_constraints:nth_paragraph_first_word': (answer, given) => {
    const paragraphs = answer.split('\n\n');
    const count = paragraphs.filter((each) => each.trim() !== '').length;
    const nth = given.number('nth_paragraph');
    return (
      nth <= count &&
      count === given.number('num_paragraphs') &&
      firstWord(paragraphs[nth - 1] ?? '') === given.text('first_word').toLowerCase()
    );
  },
  'detectable_content:number_placeholders': (answer, given) =>
    countOf(answer, /\[.*?\]/g) >= given.number('num_placeholders'),
  'detectable_content:postscript': (answer, given) => {
    const marker = given.text('postscript_marker').trim();
    const pattern = POSTSCRIPTS[marker] ?? new RegExp(`\\s*${exactly(marker.toLowerCase())}.*$`, 'm');
    return pattern.test(answer.toLowerCase());
  },
  'detectable_format:number_bullet_lists': (answer, given) =>
    countOf(answer, /^\s*\*[^*].*$/gm) + countOf(answer, /^\s*-.*$/gm) === given.number('num_bullets'),
  'detectable_format:constrained_response': (answer) => /My answer is (?:yes|no|maybe)\./.test(answer),
  'detectable_format:number_highlighted_sections': (answer, given) => {
    const isFilled = ([text]: RegExpMatchArray): boolean => stripped(text, /\*/).trim() !== '';
    const single = [...answer.matchAll(/\*[^\n*]*\*/g)].filter(isFilled).length;
    const double = [...answer.matchAll(/\*\*[^\n*]*\*\*/g)].filter(isFilled).length;
    return single + double >= given.number('num_highlights');
  },
  'detectable_format:multiple_sections': (answer, given) => {
    const splitter = exactly(given.text('section_spliter').trim());
    return answer.split(new RegExp(`\\s?${splitter}\\s?\\d+\\s?`)).length - 1 >= given.number('num_sections');
  },
  'detectable_format:json_format': (answer) =>
    isJson(
      answer
        .trim()
        .replace(/^```(?:json|Json|JSON)?/, '')
        .replace(/```$/, '')
        .trim(),
    ),
  'detectable_format:title': (answer) =>
    [...answer.matchAll(/<<[^\n]+>>/g)].some(([title]) => stripped(title, /[<>]/).trim() !== ''),
  'combination:two_responses': (answer) => {
    const [one, other, ...more] = partsOf(answer, '******') ?? [];
    return one !== undefined && other !== undefined && more.length === 0 && one.trim() !== other.trim();
  },
  'combination:repeat_prompt': (answer, given) =>
    answer.trim().toLowerCase().startsWith(given.text('prompt_to_repeat').trim().toLowerCase()),
  'startend:end_checker': (answer, given) =>
    stripped(answer.trim(), /"/).toLowerCase().endsWith(given.text('end_phrase').trim().toLowerCase()),
  'startend:quotation': (answer) => /^".*"$/s.test(answer.trim()) && answer.trim().length > 1,
  'change_case:capital_word_frequency': (answer, given) =>
    given.counts(words(answer).filter(isUpper).length, 'capital_frequency', 'capital_relation'),
  'change_case:english_capital': (answer) => isUpper(answer),
  'change_case:english_lowercase': (answer) => isLower(answer),
  'punctuation:no_comma': (answer) => !answer.includes(','),
} as const satisfies Readonly<Record<string, Check>>;

export type Instruction = keyof typeof checks;
export const isInstruction = (name: string): name is Instruction => Object.hasOwn(checks, name);

/** Whether an answer follows an instruction; an empty one follows none. */
export const follows = (instruction: Instruction, answer: string, given: Given): boolean => {
  const check: Check = checks[instruction];
  return answer.trim() !== '' && check(answer, given);
};

/** The same by any of the answer's lenient readings: without its first line, its last, both, and without asterisks. */
export const followsLoosely = (instruction: Instruction, answer: string, given: Given): boolean => {
  const lines = answer.split('\n');
  const readings = [
    answer,
    ...[lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((part) => part.join('\n').trim()),
  ];
  return [...readings, ...readings.map((each) => each.replaceAll('*', ''))].some((each) =>
    follows(instruction, each, given),
  );
};
