import {createHash} from 'node:crypto';
import test from 'ava';
import {
  type JudgmentWords,
  judgmentAnswerForm,
  judgmentPrompt,
  parseJudgment,
  preferredIn,
  show,
  turned,
} from '../../../actors/judge/judge.js';
import {judgedPair} from '../../../actors/judge/judged-pair.js';
import {FinishReason, PreferenceSource} from '../../../proto/messages.js';
import {judge} from '../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../runtime/seed.js';
import {by, pair} from '../../helpers/judged.js';

const {FINISH_REASON_STOP} = FinishReason;

/** Two prompt ids whose pairs are shown straight and flipped at seed 0. */
const ids = Array.from({length: 100}, (_, id) => String(id));
const straightId = ids.find((promptId) => !show({...pair, promptId}, 0).flipped) ?? '';
const flippedId = ids.find((promptId) => show({...pair, promptId}, 0).flipped) ?? '';

test('about half of the pairs are shown flipped, neighbours independently, and by the seed', (t) => {
  const flips = (seed: number) =>
    Array.from({length: 2000}, (_, id) => show({...pair, promptId: String(id)}, seed).flipped);
  const zero = flips(0);
  const share = (values: boolean[]) => values.filter(Boolean).length / values.length;
  // Five standard deviations of 2000 fair coins are 0.056.
  t.true(Math.abs(share(zero) - 0.5) < 0.056);
  t.true(Math.abs(share(zero.map((flip, id) => flip === zero[id + 1])) - 0.5) < 0.056);
  t.true(Math.abs(share(flips(1).map((flip, id) => flip === zero[id])) - 0.5) < 0.056);
  t.deepEqual(flips(0), zero);
});

test('a flipped pair shows its second answer first', (t) => {
  t.deepEqual(show({...pair, promptId: straightId}, 0), {
    prompt: pair.prompt,
    answers: ['It is 4.', 'It is 5.'],
    flipped: false,
  });
  t.deepEqual(show({...pair, promptId: flippedId}, 0), {
    prompt: pair.prompt,
    answers: ['It is 5.', 'It is 4.'],
    flipped: true,
  });
});

test('the prompt holds task and answers verbatim in the order shown', (t) => {
  const prompt = judgmentPrompt({prompt: 'Say $&', answers: ['one $1', "two\n\n$'"], flipped: true});
  t.true(
    prompt.includes(
      "\n\n{task}: Say $&\n\n{student_solution_1}: one $1\n\n{student_solution_2}: two\n\n$'\n\n-----------------\n\n",
    ),
  );
  const [instructions, request] = prompt.split('{task}: Say');
  t.notRegex(instructions ?? '', /^\{/m);
  t.notRegex(request?.split('-----------------')[1] ?? '', /^\{/m);
  t.regex(prompt, /clearer, more correct, and more engaging/);
});

test('a prompt that is one user turn is judged in the words that it was before there were others, to the byte', (t) => {
  const shown = {prompt: 'What is 2+2?', answers: ['It is 4.', 'It is 5.'], flipped: false} as const;
  const sha256 = (words: JudgmentWords) =>
    createHash('sha256').update(judgmentPrompt(shown, words)).digest('hex');
  t.is(sha256({}), 'e53189bd0be8cf8fe3062e6bfc5925c89663f61202527427b831a071048ab446');
  t.is(sha256({structured: true}), '8f4e625388deb50d5c369965352ba80f2ff998046db3305816376fc99045793d');
});

test('of several turns the whole conversation is the task, in both orders', (t) => {
  const history = [
    {role: 'user', content: '1+1'},
    {role: 'assistant', content: '2'},
  ];
  const task = '### User:\n1+1\n\n### Assistant:\n2\n\n### User:\nWhat is 2+2?';
  const shown = show({...pair, history}, 0);
  for (const each of [shown, turned(shown)]) {
    const prompt = judgmentPrompt(each);
    t.true(prompt.includes(`\n\n{task}:\n\n${task}\n\n{student_solution_1}: ${each.answers[0]}\n\n`));
    t.regex(prompt, /compare the answers as that turn/);
  }
  t.is(judgmentPrompt(shown, {template: '{{prompt}}|{{first}}'}), `${task}|${shown.answers[0]}`);
  t.deepEqual(judgedPair({...pair, history}, 'first', '', by).history, history);
});

/** What the sampler says of it, passed on as it is. */
const sampling = {
  segments: [{policyVersion: 2, tokenCount: 4}],
  policyStep: 50,
  endPolicyVersion: 2,
  startedUnixMs: 1000,
};

for (const [promptId, order] of [
  [straightId, 'straight'],
  [flippedId, 'flipped'],
] as const) {
  for (const better of ['It is 4.', 'It is 5.']) {
    test(`a judge that prefers "${better}" of a pair shown ${order} chooses it`, (t) => {
      const given = {...pair, promptId, sampling};
      const shown = show(given, 0);
      // The judge sees only what is shown, and answers by position.
      const verdict = shown.answers[0] === better ? 1 : 2;
      const judged = judgedPair(given, preferredIn(shown, verdict) ?? 'first', 'because', by);
      t.deepEqual(judged, {
        promptId,
        prompt: 'What is 2+2?',
        chosen: better,
        rejected: better === 'It is 4.' ? 'It is 5.' : 'It is 4.',
        chosenIds: better === 'It is 4.' ? [1, 4] : [1, 5],
        rejectedIds: better === 'It is 4.' ? [1, 5] : [1, 4],
        source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
        rationale: 'because',
        policyVersion: 2,
        model: 'gpt-4',
        requestId: 'req_1',
        usage: by.usage,
        finishReason: FINISH_REASON_STOP,
        sampling,
      });
    });
  }
}

test('the demo teacher reads this prompt, and its verdict is read', (t) => {
  for (const [answers, better] of [
    [['238,30,32,119.', '218,30,32,119.'], 1],
    [['218,30,32,119.', '238,30,32,119.'], 2],
  ] as const) {
    const asked = judgmentPrompt({prompt: '34*7 21+9 40-8 17*7>', answers, flipped: false});
    const judgment = parseJudgment({text: judge(asked, randomFor('test')), finishReason: 'stop'});
    t.is(judgment.kind === 'judgment' && judgment.better, better);
  }
});

const readable: Record<string, {answer: string; better: 0 | 1 | 2; rationale?: string}> = {
  'the form asked for': {
    answer: '{teacher_reasoning}: One is right.\n\n{better_student_solution}: [1]',
    better: 1,
  },
  'the second preferred, and a last line end': {
    answer: '{teacher_reasoning}\nOne is right.\n\n{better_student_solution}: [2]\n',
    better: 2,
  },
  'the number on the next line': {
    answer: '{teacher_reasoning}: One is right.\n{better_student_solution}\n[2]',
    better: 2,
  },
  'bold marks': {
    answer: '**{teacher_reasoning}:** One is right.\n\n**{better_student_solution}:** **[1]**',
    better: 1,
  },
  'a bold marker with the colon outside': {
    answer: '**{teacher_reasoning}**: One is right.\n\n**{better_student_solution}**: [2]',
    better: 2,
  },
  'numbers and markers in its reasoning': {
    answer:
      '{teacher_reasoning}: [1] fails; my {better_student_solution}: [1] would be wrong.\n{better_student_solution}: [2]',
    better: 2,
    rationale: '[1] fails; my {better_student_solution}: [1] would be wrong.',
  },
  'no reasoning': {answer: '{better_student_solution}: [1]', better: 1, rationale: ''},
  'neither preferred': {answer: 'One is right.\n{better_student_solution}: [0]', better: 0},
  'a number without brackets': {answer: 'One is right.\n{better_student_solution}: 2', better: 2},
  'two brackets': {answer: 'One is right.\n{better_student_solution}: [[2]]', better: 2},
  'the name of the answer': {
    answer: 'One is right.\n{better_student_solution}: {student_solution_2}',
    better: 2,
  },
  'words in bold': {
    answer: '**Teacher Reasoning:** One is right.\n\n**Better Student Solution:** [1]',
    better: 1,
  },
  'a heading': {
    answer: '## {teacher_reasoning}\nOne is right.\n\n## {better_student_solution}\n[1]',
    better: 1,
  },
  'thoughts aloud': {
    answer: '<think>Hm.</think>{teacher_reasoning}: One is right.\n{better_student_solution}: [1]',
    better: 1,
    rationale: 'Hm.\n\nOne is right.',
  },
  'JSON by the keys of the form': {
    answer: '{"teacher_reasoning": "One is right.", "better_student_solution": 2}',
    better: 2,
  },
};
for (const [what, {answer, better, rationale = 'One is right.'}] of Object.entries(readable)) {
  test(`a verdict with ${what} is read`, (t) => {
    t.deepEqual(parseJudgment({text: answer, finishReason: 'stop'}), {kind: 'judgment', better, rationale});
  });
}

const notAlone = '{better_student_solution} is not followed by [1], [2] or [0] alone';
const unreadable: Record<string, {answer: string; finishReason?: string; detail: string}> = {
  'no marker': {answer: 'The better one is [1]', detail: 'no line begins with {better_student_solution}'},
  'two verdicts': {
    answer: '{better_student_solution}: [1]\n{better_student_solution}: [2]',
    detail: '2 lines begin with {better_student_solution}',
  },
  'no number': {answer: '{better_student_solution}: neither', detail: notAlone},
  'a number and a half': {answer: '{better_student_solution}: 1.5', detail: notAlone},
  'another number': {answer: '{better_student_solution}: [3]', detail: notAlone},
  'both numbers': {answer: '{better_student_solution}: [1] [2]', detail: notAlone},
  'words after the number': {
    answer: '{better_student_solution}: [1]\nThat said, [2] is close.',
    detail: notAlone,
  },
  'a cut-off end': {
    answer: '{better_student_solution}: [1]',
    finishReason: 'length',
    detail: 'the answer is cut: finish_reason is length',
  },
};
for (const [what, {answer, finishReason = 'stop', detail}] of Object.entries(unreadable)) {
  test(`a verdict with ${what} is malformed`, (t) => {
    t.deepEqual(parseJudgment({text: answer, finishReason}), {kind: 'malformed', detail});
  });
}

test('the other order shows the same answers the other way round, and a preference is of the answers as the pair has them', (t) => {
  const shown = show({...pair, promptId: straightId}, 0);
  t.deepEqual(turned(shown), {prompt: pair.prompt, answers: ['It is 5.', 'It is 4.'], flipped: true});
  t.deepEqual(turned(turned(shown)), shown);
  t.deepEqual(
    ([0, 1, 2] as const).map((better) => [preferredIn(shown, better), preferredIn(turned(shown), better)]),
    [
      [undefined, undefined],
      ['first', 'second'],
      ['second', 'first'],
    ],
  );
});

test('the form that an endpoint may hold a verdict to has the keys that are read, and the question says so', (t) => {
  t.deepEqual(judgmentAnswerForm().schema.required, ['teacher_reasoning', 'better_student_solution']);
  const asked = judgmentPrompt(show(pair, 0), {structured: true});
  t.regex(asked, /keys are teacher_reasoning and better_student_solution/);
  t.deepEqual(judgmentAnswerForm('plain').schema.required, ['better_student_solution']);
  t.regex(judgmentPrompt(show(pair, 0), {form: 'plain', structured: true}), /key is better_student_solution/);
});

test('the plain form asks for the digit alone, after the same words', (t) => {
  const shown = {prompt: 'What is 2+2?', answers: ['It is 4.', 'It is 5.'], flipped: false} as const;
  const [marked, plain] = (['marked', 'plain'] as const).map((form) => judgmentPrompt(shown, {form}));
  const rule = '-----------------';
  t.is(plain?.split(rule)[0], marked?.split(rule)[0]);
  t.notRegex(plain ?? '', /teacher_reasoning/);
  t.regex(plain ?? '', /Answer with one digit and nothing else/);
});

/** As SmolLM2 and others answer it. */
const plainAnswers: readonly (readonly [answer: string, better: 0 | 1 | 2, rationale?: string])[] = [
  ['1', 1],
  ['2.\n', 2],
  ['**[0]**', 0],
  ['Answer: 2', 2],
  ['**Answer:** 2', 2],
  ['{student_solution_1}', 1],
  ['Solution 2 is better.', 2],
  ['The better solution is 1.', 1],
  ['1\n\nThe second one is wrong, 2 of its lines are.', 1, 'The second one is wrong, 2 of its lines are.'],
  ['The first is right.\n\n1', 1, 'The first is right.'],
  ['{teacher_reasoning}: So.\n\n{better_student_solution}: [2]', 2, '{teacher_reasoning}: So.'],
  ['<think>2? No.</think>1', 1, '2? No.'],
  ['{ "better_student_solution" : 2}', 2],
];
for (const [answer, better, rationale = ''] of plainAnswers)
  test(`a plain verdict is read in ${JSON.stringify(answer)}`, (t) => {
    const read = parseJudgment({text: answer, finishReason: 'stop'}, {form: 'plain'});
    t.deepEqual(read, {kind: 'judgment', better, rationale});
  });

test('what says no number, several, another one or more beside it is no plain verdict', (t) => {
  const read = (text: string, finishReason = 'stop') => parseJudgment({text, finishReason}, {form: 'plain'});
  for (const text of ['3', '1, 2, 0', '1.5', '10', '1. I would say 1.', '1 is better than 2', 'Neither'])
    t.deepEqual(read(text), {kind: 'malformed', detail: 'no line is 1, 2 or 0 alone'}, text);
  t.deepEqual(read('1\n2'), {kind: 'malformed', detail: 'its lines say 1 and 2'});
  t.deepEqual(read('<think>1'), {kind: 'malformed', detail: 'the answer ends within its reasoning'});
  // What a model may send to keep a parser busy.
  const began = process.cpuUsage();
  t.is(read('*'.repeat(1_000_000)).kind, 'malformed');
  t.is(read(`${' the'.repeat(19)} 1`).kind, 'malformed');
  t.true(process.cpuUsage(began).user < 5_000_000);
});

test('a plain verdict stands though the model was cut off after it, and no other does', (t) => {
  const cut = (text: string, words: JudgmentWords = {form: 'plain'}) =>
    parseJudgment({text, finishReason: 'length'}, words);
  t.deepEqual(cut('The correct answer is 1.\n\nThis is a'), {kind: 'judgment', better: 1, rationale: ''});
  const detail = 'the answer is cut: finish_reason is length';
  for (const text of ['1', 'So it is\n2\nor', '<think>1\n'])
    t.deepEqual(cut(text), {kind: 'malformed', detail});
  t.deepEqual(cut('1\n\nFor', {}), {kind: 'malformed', detail});
});

test('a user’s own words and pattern are used in the place of all others', (t) => {
  const words = {
    template: '{{prompt}}\nA: {{first}}\nB: {{second}}',
    replyPattern: '(?<rationale>.*)(?:(?<first>\\bA)|(?<second>\\bB)|\\btie)$',
  };
  t.is(
    judgmentPrompt(show({...pair, promptId: flippedId}, 0), words),
    'What is 2+2?\nA: It is 5.\nB: It is 4.',
  );
  const read = (text: string) => parseJudgment({text, finishReason: 'stop'}, words);
  t.deepEqual(read('So it is A'), {kind: 'judgment', better: 1, rationale: 'So it is'});
  t.like(read('So it is B'), {better: 2});
  t.like(read('So it is a tie'), {better: 0});
  t.like(read('I cannot say.'), {kind: 'malformed', detail: 'replyPattern does not match'});
});
