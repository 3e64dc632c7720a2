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

/**
 * Corrects exactly one wrong item, drawn at random, and copies everything else, mistakes and style included; an answer
 * without mistakes is given back as it is.
 *
 * An answer that is out of form is put into form: a missing or unreadable item is then the one corrected, so that the
 * other mistakes stay. Only where several are missing are several supplied, since an answer with holes has no form.
 * What it cannot read as a task it copies, which a filter sees as no revision.
 */
export const reviser: TeacherModel = (prompt, random) => {
  const solution = sectionOf(prompt, 'student_solution') ?? '';
  const {reasoning, revision} = revise(sectionOf(prompt, 'task') ?? '', solution, random);
  return `{teacher_reasoning}: ${reasoning}\n\n{corrected_student_solution}: ${revision}`;
};

const revise = (task: string, solution: string, random: RandomGenerator) => {
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
  const one = wrong.length > 0 ? [wrong[uniformInt(random, 0, wrong.length - 1)]] : [];
  const corrected = new Set(missing.length > 0 ? missing : one);

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
  const task = sectionOf(prompt, 'task') ?? '';
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

/**
 * Answers a bare task as the policy does, in its style and with its kind of mistake, but forgets carries more often: the policy
 * half of the time, `careless` four times in five, `hasty` nine in ten. They are the weaker models whose answers an off-policy
 * judge chooses from, of which nothing but the quality is otherwise.
 */
const forgetful =
  (share: number): TeacherModel =>
  (prompt, random) => {
    const items = readPrompt(prompt.trim());
    if (items === undefined) return 'I only know how to do sums.';
    const values = items.map((item) =>
      uniformFloat64(random) < share ? solveCarelessly(item) : solve(item),
    );
    return writeAnswer(values, 'commas');
  };
export const careless = forgetful(0.8);
export const hasty = forgetful(0.9);

/** By the name that a request gives. */
export const teacherModels: ReadonlyMap<string, TeacherModel> = new Map(
  Object.entries({reviser, judge, stronger, careless, hasty}),
);
