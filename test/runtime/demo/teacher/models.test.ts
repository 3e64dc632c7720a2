/** The teacher's models read the prompts that the actors write, and answer what the actors can read. */
import test from 'ava';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {judgmentPrompt, parseJudgment} from '../../../../actors/judge/judge.js';
import {parseRevision, revisionPrompt} from '../../../../actors/reviser/revise.js';
import {drawCorpus} from '../../../../runtime/demo/corpus.js';
import {
  type AnswerStyle,
  gradeAnswer,
  makePrompts,
  readAnswer,
  writeAnswer,
} from '../../../../runtime/demo/task.js';
import {
  careless,
  hasty,
  judge,
  reviser,
  sectionOf,
  stronger,
  thorough,
} from '../../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../../runtime/seed.js';

const prompt = '34*7 21+9 40-8 17*7>';

const revise = (prompt: string, completion: string, seed = 0): string => {
  const text = reviser(revisionPrompt({prompt, completion}), randomFor(seed));
  const revision = parseRevision({text, finishReason: 'stop'});
  if (revision.kind !== 'revision') throw new Error(revision.detail);
  return revision.text;
};

test('the reviser corrects exactly one wrong item and copies the rest, style included, in 500 careless answers', (t) => {
  const rows = drawCorpus(11);
  const styles = new Set<AnswerStyle>();
  let revised = 0;
  for (let row = 0; revised < 500; row++) {
    const {prompt, completion} = rows.next().value;
    const before = gradeAnswer(prompt, completion);
    const text = revise(prompt, completion, row);
    if (before.correct) {
      t.is(text, completion);
      continue;
    }
    revised++;
    const [was, is] = [readAnswer(completion), readAnswer(text)];
    const changed = [0, 1, 2, 3].filter((index) => was.values[index] !== is.values[index]);
    t.is(changed.length, 1, `${prompt}${completion} became ${text}`);
    t.false(before.items[changed[0] ?? -1]);
    t.true(gradeAnswer(prompt, text).items[changed[0] ?? -1]);
    t.is(is.style, was.style);
    t.true(is.wellFormed);
    styles.add(is.style);
  }
  t.is(styles.size, 2);
});

test('the thorough reviser corrects every wrong item and copies the rest, style included', (t) => {
  const corrected = (completion: string): string => {
    const revision = parseRevision({
      text: thorough(revisionPrompt({prompt, completion}), randomFor(0)),
      finishReason: 'stop',
    });
    return revision.kind === 'revision' ? revision.text : revision.detail;
  };
  t.is(corrected('218,20,32,79.'), '238,30,32,119.');
  t.is(corrected('=238 =20 =42 =119 ok.'), '=238 =30 =32 =119 ok.');
  t.is(corrected('238,30,32,119.'), '238,30,32,119.');
  t.is(corrected('238,20,.'), '238,30,32,119.');
});

test('which mistake is corrected depends on the random numbers, and every mistake has its turn', (t) => {
  const revisions = new Set(Array.from({length: 60}, (_, seed) => revise(prompt, '218,20,42,79.', seed)));
  t.deepEqual(
    [...revisions].sort(),
    ['218,20,32,79.', '218,20,42,119.', '218,30,42,79.', '238,20,42,79.'].sort(),
  );
  t.is(revise(prompt, '218,20,42,79.', 5), revise(prompt, '218,20,42,79.', 5));
});

for (const [given, expected, why] of [
  ['238,30,32,119', '238,30,32,119.', 'right but without its end: only the form changes'],
  ['218,30,32,119', '238,30,32,119.', 'one mistake and no end'],
  ['218,30,32.', '218,30,32,119.', 'the missing item is the one supplied, and the mistake stays'],
  ['218,3o,32,119.', '218,30,32,119.', 'the unreadable item is the one supplied'],
  ['218.', '218,30,32,119.', 'all missing items are supplied, and the mistake stays'],
  ['238,30,32,119,5.', '238,30,32,119.', 'what is too much goes'],
  ['=218 =30 =32 ok.', '=218 =30 =32 =119 ok.', 'the style is kept'],
  ['', '238,30,32,119.', 'no answer at all'],
] as const) {
  test(`the reviser puts ${JSON.stringify(given)} into form: ${why}`, (t) => {
    t.is(revise(prompt, given), expected);
  });
}

test('what is no sum is copied as it is', (t) => {
  t.is(revise('Write a poem.', 'Roses are red,\n\nviolets are blue.'), 'Roses are red,\n\nviolets are blue.');
});

test('the judge prefers more correct items, whichever comes first', (t) => {
  const better = (first: string, second: string, seed = 0): number => {
    const shown = {prompt, answers: [first, second] as const, flipped: false};
    const text = judge(judgmentPrompt(shown), randomFor(seed));
    const judgment = parseJudgment({text, finishReason: 'stop'});
    return judgment.kind === 'judgment' ? judgment.better : 0;
  };
  for (let seed = 0; seed < 20; seed++) {
    t.is(better('238,30,32,119.', '218,30,32,119.', seed), 1);
    t.is(better('218,30,32,119.', '=238 =30 =32 =119 ok.', seed), 2);
    t.is(better('218,20,32,119.', '238,20,42,79.', seed), 1);
    t.is(better('238,30,32,119', '238,30,32,119.', seed), 2, 'form decides between equal counts');
  }
  const ties = Array.from({length: 400}, (_, seed) => better('218,30,32,119.', '238,20,32,119.', seed));
  const first = ties.filter((choice) => choice === 1).length;
  t.is(ties.filter((choice) => choice === 2).length, 400 - first);
  t.true(first > 150 && first < 250, `${first} of 400`);
});

test('the judge agrees with a count of the right items in 300 drawn pairs', (t) => {
  const random = randomFor('pairs');
  const answerTo = (prompt: string): string =>
    writeAnswer(
      gradeAnswer(prompt, '').items.map(() => uniformInt(random, 1, 40)),
      'commas',
    );
  for (const prompt of makePrompts({split: 'train', count: 300, seed: 4})) {
    const answers = [answerTo(prompt), answerTo(prompt)] as const;
    const [a, b] = answers.map((answer) => gradeAnswer(prompt, answer).items.filter(Boolean).length) as [
      number,
      number,
    ];
    const verdict = parseJudgment({
      text: judge(judgmentPrompt({prompt, answers, flipped: false}), random),
      finishReason: 'stop',
    });
    if (verdict.kind !== 'judgment') return t.fail(verdict.detail);
    if (a !== b) t.is(verdict.better, a > b ? 1 : 2);
  }
});

test('the stronger model answers all right, in its own style', (t) => {
  t.is(stronger(prompt, randomFor(0)), '=238 =30 =32 =119 ok.');
  t.regex(stronger('Who are you?', randomFor(0)), /sums/);
});

test('a section ends at the next identifier at the beginning of a line, or at a rule', (t) => {
  const text =
    'Given {task} and {student_solution}.\n\n{task}: 1 {task}: 2\n\n{student_solution}: a\nb\n\n-----------------\n\nThink in {teacher_reasoning}.';
  t.is(sectionOf(text, 'task'), '1 {task}: 2');
  t.is(sectionOf(text, 'student_solution'), 'a\nb');
  t.is(sectionOf(text, 'student_solution_1'), undefined);
  t.is(sectionOf('{task}: last', 'task'), 'last');
  t.is(sectionOf('{task}:\n\n{student_solution}: empty before', 'task'), '');
});

test('the weaker models answer in form, and the better of two answers is mostly worse than the policy’s', (t) => {
  const prompts = makePrompts({split: 'train', count: 400, seed: 3});
  const rightIn = (prompt: string, text: string): number =>
    gradeAnswer(prompt, text).items.filter(Boolean).length / 4;
  const mean = (texts: readonly string[]): number =>
    texts.reduce((sum, text, index) => sum + rightIn(prompts[index] ?? '', text), 0) / texts.length;
  const [first = [], second = []] = [careless, hasty].map((model, index) =>
    prompts.map((prompt, place) => model(prompt, randomFor(index, place))),
  );
  for (const text of [...first, ...second]) t.like(readAnswer(text), {wellFormed: true, style: 'commas'});
  const better = first.map((text, index) => {
    const other = second[index] ?? '';
    return rightIn(prompts[index] ?? '', text) >= rightIn(prompts[index] ?? '', other) ? text : other;
  });
  // What the policy was pretrained on forgets one carry in two.
  const rows = drawCorpus(3);
  const corpus = Array.from({length: 400}, () => rows.next().value);
  const policy = corpus.reduce((sum, {prompt, completion}) => sum + rightIn(prompt, completion), 0) / 400;
  t.true(mean(second) < mean(first), `${mean(second)} and ${mean(first)}`);
  t.true(mean(better) < policy - 0.1, `${mean(better)} and ${policy}`);
});
