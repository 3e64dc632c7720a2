import test from 'ava';
import {parseAnswer, questionFor} from '../../../actors/answerer/answer.js';
import {stronger} from '../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../runtime/seed.js';

test('the demo teacher answers the bare prompt, and all of its reply is the answer', (t) => {
  t.deepEqual(
    parseAnswer({text: stronger('34*7 21+9 40-8 17*7>', randomFor('test')), finishReason: 'stop'}),
    {
      kind: 'answer',
      text: '=238 =30 =32 =119 ok.',
      rationale: '',
    },
  );
});

test('the turns are asked as they are, and a system message among them goes before the fleet’s', (t) => {
  const turns = [
    {role: 'user', content: 'a'},
    {role: 'assistant', content: 'b'},
  ];
  const own = [{role: 'system', content: 'own'}, ...turns];
  t.deepEqual(questionFor({prompt: 'c'}, 'fleet'), {prompt: 'c', system: 'fleet'});
  t.deepEqual(questionFor({prompt: 'c', history: turns}, 'fleet'), {
    prompt: 'c',
    history: turns,
    system: 'fleet',
  });
  t.deepEqual(questionFor({prompt: 'c', history: own}, 'fleet'), {
    prompt: 'c',
    history: own,
    system: undefined,
  });
});

for (const [what, reply, text, rationale] of [
  ['thoughts aloud', '<think>\nTwo and two.\n</think>\n\nIt is 4.', 'It is 4.', 'Two and two.'],
  ['thoughts that the template has opened', 'Two and two.\n</think>\nIt is 4.\n', 'It is 4.', 'Two and two.'],
  ['thoughts of its own to show', 'Write <think>so</think> first.', 'Write <think>so</think> first.', ''],
  [
    'words that are a reviser’s markers',
    '{corrected_student_solution}: 4',
    '{corrected_student_solution}: 4',
    '',
  ],
] as const) {
  test(`an answer with ${what} is read`, (t) => {
    t.deepEqual(parseAnswer({text: reply, finishReason: 'stop'}), {kind: 'answer', text, rationale});
  });
}

for (const [reply, finishReason, detail] of [
  ['It is', 'length', 'the answer is cut: finish_reason is length'],
  [' \n', 'stop', 'the answer is empty'],
  ['<think>Two and', 'stop', 'the answer ends within its reasoning'],
  ['<think>Two and two.</think>\n', 'stop', 'nothing follows its reasoning'],
] as const) {
  test(`no answer: ${detail}`, (t) => {
    t.deepEqual(parseAnswer({text: reply, finishReason}), {kind: 'malformed', detail});
  });
}

test('reasoning that the endpoint gives apart from the answer is the rationale', (t) => {
  t.deepEqual(parseAnswer({text: 'It is 4.', finishReason: 'stop', reasoning: ' Two and two.\n'}), {
    kind: 'answer',
    text: 'It is 4.',
    rationale: 'Two and two.',
  });
});
