/**
 * What the teacher's models answer. Each reads the prompt that any large model would get: a reviser's or a judge's, by
 * the identifiers in braces at the beginnings of its lines, or a bare task. Pure: the same prompt and the same random
 * numbers give the same answer.
 */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {
  gradeAnswer,
  type Item,
  readAnswer,
  readPrompt,
  solve,
  solveCarelessly,
  writeAnswer,
  writeItem,
} from '../task.js';

/** From the prompt to the whole answer. */
export type TeacherModel = (prompt: string, random: RandomGenerator) => string;

/** What follows `{name}:` at the beginning of a line, up to the next such identifier, a rule of hyphens or the end. */
export const sectionOf = (prompt: string, name: string): string | undefined => {
  const end = '^\\{\\w+\\}:|^-{5,}\\s*$|$(?![\\s\\S])';
  const section = new RegExp(`^\\{${name}\\}:\\s*([\\s\\S]*?)\\s*(?=${end})`, 'm');
  return section.exec(prompt)?.[1];
};

/** The task; of a conversation, what the user asked last. */
const taskOf = (prompt: string): string =>
  (sectionOf(prompt, 'task') ?? '').split(/^### User:\n/m).at(-1) ?? '';

/**
 * Corrects exactly one wrong item, drawn at random, and copies everything else, mistakes and style included; an answer
 * without mistakes is given back as it is.
 *
 * An answer that is out of form is put into form: a missing or unreadable item is then the one corrected, so that the
 * other mistakes stay. Only where several are missing are several supplied, since an answer with holes has no form.
 * What it cannot read as a task it copies, which a filter sees as no revision.
 */
export const reviser: TeacherModel = (prompt, random) =>
  revised(prompt, (wrong, missing) => {
    if (missing.length > 0) return missing;
    return wrong.length === 0 ? [] : [wrong[uniformInt(random, 0, wrong.length - 1)]];
  });

/** The same, but corrects every wrong item: its revisions are as good as the stronger model's own answers. */
export const thorough: TeacherModel = (prompt) => revised(prompt, (wrong) => wrong);

/** Which items are corrected, of those that are wrong; what is missing is among them. */
type Choose = <T>(wrong: readonly T[], missing: readonly T[]) => readonly (T | undefined)[];

const revised = (prompt: string, choose: Choose): string => {
  const solution = sectionOf(prompt, 'student_solution') ?? '';
  const {reasoning, revision} = revise(taskOf(prompt), solution, choose);
  return `{teacher_reasoning}: ${reasoning}\n\n{corrected_student_solution}: ${revision}`;
};

const revise = (task: string, solution: string, choose: Choose) => {
  const items = readPrompt(task);
  if (items === undefined) {
    return {reasoning: 'This is no sum that I know how to check.', revision: solution};
  }
  const {style, values, wellFormed} = readAnswer(solution);
  const sums = items.map((item, index) => ({
    sum: writeItem(item),
    given: values[index] ?? '',
    right: String(solve(item)),
  }));
  const missing = sums.filter(({given}) => given === '');
  const wrong = sums.filter(({given, right}) => given !== right);
  const corrected = new Set(choose(wrong, missing));

  if (corrected.size === 0 && wellFormed) {
    return {reasoning: 'Every item is right, so nothing changes.', revision: solution};
  }
  const form = wellFormed ? [] : ['The answer is put into its usual form.'];
  const reasons = sums
    .filter((sum) => corrected.has(sum))
    .map(({sum, given, right}) =>
      given === '' ? `Nothing readable is given for ${sum}, ${right}.` : `${sum} is ${right}, not ${given}.`,
    );
  const written = sums.map((sum) => (corrected.has(sum) ? sum.right : sum.given));
  return {
    reasoning: [...form, ...reasons, 'All else stays as the student wrote it.'].join(' '),
    revision: writeAnswer(written, style),
  };
};

/**
 * Prefers the solution with more correct items, then the one that is in form, then by a coin.
 * What it cannot read as a task it decides by the coin.
 */
export const judge: TeacherModel = (prompt, random) => {
  const task = taskOf(prompt);
  const coin = uniformInt(random, 1, 2);
  const reply = (reasoning: string, better: number) =>
    `{teacher_reasoning}: ${reasoning}\n\n{better_student_solution}: [${better}]`;
  if (readPrompt(task) === undefined) return reply('This is no sum that I know how to check.', coin);

  const [first, second] = [1, 2].map((number) => {
    const solution = sectionOf(prompt, `student_solution_${number}`) ?? '';
    const correct = gradeAnswer(task, solution).items.filter(Boolean).length;
    return {correct, inForm: readAnswer(solution).wellFormed};
  });
  if (first === undefined || second === undefined) return reply('There are not two solutions.', coin);

  const counts = `The first has ${first.correct} of 4 right, the second ${second.correct}.`;
  const difference = first.correct - second.correct || Number(first.inForm) - Number(second.inForm);
  if (difference === 0) return reply(`${counts} Neither is better.`, coin);
  return reply(counts, difference > 0 ? 1 : 2);
};

/** Answers a bare task with every item right, in a style of its own. */
export const stronger: TeacherModel = (prompt) => {
  const items = readPrompt(prompt.trim());
  return items === undefined ? 'I only know how to do sums.' : writeAnswer(items.map(solve), 'equals');
};

/** A weaker model: answers a bare task in the policy's style, each item with its value under `answerTo`. */
const weaker =
  (answerTo: (item: Item, random: RandomGenerator) => number): TeacherModel =>
  (prompt, random) => {
    const items = readPrompt(prompt.trim());
    if (items === undefined) return 'I only know how to do sums.';
    return writeAnswer(
      items.map((item) => answerTo(item, random)),
      'commas',
    );
  };

/** Forgets nine carries in ten, where the policy forgets one in two: makes the policy's own mistake, and more of it. */
export const careless = weaker((item, random) =>
  uniformFloat64(random) < 0.9 ? solveCarelessly(item) : solve(item),
);

/** Guesses one digit of every item: right once in ten, and wrong in no way that the policy is. */
export const hasty = weaker((item, random) => {
  const digits = [...String(solve(item))];
  digits[uniformInt(random, 0, digits.length - 1)] = String(uniformInt(random, 0, 9));
  return Number(digits.join(''));
});

/** By the name that a request gives. */
export const teacherModels: ReadonlyMap<string, TeacherModel> = new Map(
  Object.entries({reviser, thorough, judge, stronger, careless, hasty}),
);
