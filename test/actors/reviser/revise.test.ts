import {createHash} from 'node:crypto';
import test from 'ava';
import {
  exampleTurns,
  parseRevision,
  revisionAnswerForm,
  revisionPrompt,
} from '../../../actors/reviser/revise.js';
import {reviser} from '../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../runtime/seed.js';

const completion = {prompt: 'What is 2+2?', completion: 'It is 5.'};

test('the prompt holds task and answer verbatim, each once, between the identifiers and a rule', (t) => {
  const prompt = revisionPrompt({prompt: 'Say $& and $1', completion: 'Line 1\n\n  {"a": "$\'"}'});
  t.true(
    prompt.includes(
      '\n\n{task}: Say $& and $1\n\n{student_solution}: Line 1\n\n  {"a": "$\'"}\n\n-----------------\n\n',
    ),
  );
  t.is(prompt.split('Say $& and $1').length, 2);
  // What has the form of a marker at the start of a line must not be in the instructions.
  const [instructions, request] = prompt.split('{task}: Say');
  t.notRegex(instructions ?? '', /^\{/m);
  t.notRegex(request?.split('-----------------')[1] ?? '', /^\{/m);
});

test('the prompt asks for a minimal revision by the three criteria of the paper', (t) => {
  const prompt = revisionPrompt(completion);
  for (const words of [
    /teacher/,
    /minimally improve/,
    /clearer, more correct, and more engaging/,
    /Copy every part/,
    /never alludes/,
  ]) {
    t.regex(prompt, words);
  }
});

/** SHA-256 of what was asked before prompts had turns before them. */
const singleTurn = [
  [{}, '84eda1d41d29c2eb22ece004c14768ab4b65d05618db98d7c8bfbf5c95ea87ef'],
  [{form: 'plain'}, '897b77da2056853259cc9c122e64a44461f8c0cd59137757510db01d7bef3541'],
  [{structured: true}, 'b51951dcaa2f4dab1aa67cf4faca102b310a3bfe1ac33d2f590b22e0650ff048'],
  [{instructions: 'Shorten it.'}, 'a5ece32956ec358032bf2312fc2645535d45fb6e3d0d4075bf012d93a8982eda'],
] as const;

test('a prompt that is one user turn is asked about in the words of the paper, to the byte', (t) => {
  for (const [words, sha256] of singleTurn)
    for (const history of [{}, {history: []}])
      t.is(
        createHash('sha256')
          .update(revisionPrompt({...completion, ...history}, words))
          .digest('hex'),
        sha256,
      );
});

const history = [
  {role: 'system', content: 'Add.'},
  {role: 'user', content: '1+1'},
  {role: 'assistant', content: '2'},
];

test('of several turns the whole conversation is the task, and the answer is the turn after it', (t) => {
  const prompt = revisionPrompt({...completion, history});
  const task = '### System:\nAdd.\n\n### User:\n1+1\n\n### Assistant:\n2\n\n### User:\nWhat is 2+2?';
  t.true(prompt.includes(`\n\n{task}:\n\n${task}\n\n{student_solution}: It is 5.\n\n-----------------\n\n`));
  t.regex(prompt, /revise that turn alone, in keeping with all turns before it/);
  t.regex(
    revisionPrompt({...completion, history}, {instructions: 'Shorten it.'}),
    /a conversation.*\n\nShorten it/,
  );
  const template = 'Q: {{prompt}} A: {{completion}}';
  t.is(revisionPrompt({...completion, history}, {template}), `Q: ${task} A: It is 5.`);
});

test('the demo teacher revises the answer to what the user asked last', (t) => {
  const asked = {prompt: '34*7 21+9 40-8 17*7>', completion: '218,30,32,119.', history};
  t.like(parseRevision({text: reviser(revisionPrompt(asked), randomFor('test')), finishReason: 'stop'}), {
    text: '238,30,32,119.',
  });
});

test('the demo teacher reads this prompt, and its answer is read', (t) => {
  const asked = revisionPrompt({prompt: '34*7 21+9 40-8 17*7>', completion: '218,30,32,119.'});
  t.deepEqual(parseRevision({text: reviser(asked, randomFor('test')), finishReason: 'stop'}), {
    kind: 'revision',
    text: '238,30,32,119.',
    rationale: '34*7 is 238, not 218. All else stays as the student wrote it.',
  });
});

const solution = 'It is 4.\n\nTwo and two make four.';
const readable: Record<string, {answer: string; text?: string; rationale?: string}> = {
  'markers with colons': {
    answer: `{teacher_reasoning}: 5 is wrong.\n\n{corrected_student_solution}: ${solution}`,
  },
  'markers as headings, without colons': {
    answer: `{teacher_reasoning}\n5 is wrong.\n\n{corrected_student_solution}\n${solution}\n`,
  },
  'a colon and a new line': {
    answer: `{teacher_reasoning}:\n5 is wrong.\n\n{corrected_student_solution}:\n\n${solution}`,
  },
  'bold words': {
    answer: `**Teacher Reasoning:**\n5 is wrong.\n\n**Corrected Student Solution:**\n${solution}`,
  },
  'bold words with the colon outside': {
    answer: `**Teacher reasoning**:\n5 is wrong.\n\n**Corrected student solution**: ${solution}`,
  },
  'bold identifiers': {
    answer: `**{teacher_reasoning}:** 5 is wrong.\n\n**{corrected_student_solution}:** ${solution}`,
  },
  'bold identifiers with the colon outside': {
    answer: `**{teacher_reasoning}**: 5 is wrong.\n\n**{corrected_student_solution}**: ${solution}`,
  },
  'headings of Markdown': {
    answer: `### {teacher_reasoning}\n5 is wrong.\n\n### {corrected_student_solution}\n\n${solution}`,
  },
  'words as a heading': {
    answer: `## Teacher Reasoning\n5 is wrong.\n\n## Corrected Student Solution:\n${solution}`,
  },
  'thoughts aloud, which are reasons too': {
    answer: `<think>Hm: {corrected_student_solution}</think>{teacher_reasoning}: 5 is wrong.\n{corrected_student_solution}: ${solution}`,
    rationale: 'Hm: {corrected_student_solution}\n\n5 is wrong.',
  },
  'JSON by the keys of the form': {
    answer: JSON.stringify({teacher_reasoning: '5 is wrong.', corrected_student_solution: solution}),
  },
  'carriage returns': {
    answer: `{teacher_reasoning}: 5 is wrong.\r\n\r\n{corrected_student_solution}:\r\n${solution}`,
  },
  'no reasoning marker': {answer: `5 is wrong.\n{corrected_student_solution}: ${solution}`},
  'no reasoning': {answer: `{corrected_student_solution}: ${solution}`, rationale: ''},
  'reasoning that mentions the marker before the solution': {
    answer: `{teacher_reasoning}: The {corrected_student_solution}: must say 4.\n\n{corrected_student_solution}: ${solution}`,
    rationale: 'The {corrected_student_solution}: must say 4.',
  },
  'a solution with colons, bold and braces of its own': {
    answer: '{teacher_reasoning}: Fine.\n{corrected_student_solution}:\n**Answer:** {"sum": 4}: done',
    text: '**Answer:** {"sum": 4}: done',
    rationale: 'Fine.',
  },
  'a solution that talks about students in bold within a line': {
    answer: '{corrected_student_solution}: See **Corrected Student Solution:** in the book.',
    text: 'See **Corrected Student Solution:** in the book.',
    rationale: '',
  },
};
for (const [what, {answer, text = solution, rationale = '5 is wrong.'}] of Object.entries(readable)) {
  test(`an answer with ${what} is read`, (t) => {
    t.deepEqual(parseRevision({text: answer, finishReason: 'stop'}), {kind: 'revision', text, rationale});
  });
}

const unreadable: Record<string, {answer: string; finishReason?: string; detail: string}> = {
  'no marker': {
    answer: 'It is 4.',
    detail: 'no line begins with {corrected_student_solution}',
  },
  'a marker within a line only': {
    answer: '{teacher_reasoning}: here is the {corrected_student_solution}: It is 4.',
    detail: 'no line begins with {corrected_student_solution}',
  },
  'the words without bold': {
    answer: 'Corrected Student Solution: It is 4.',
    detail: 'no line begins with {corrected_student_solution}',
  },
  'a worsened solution': {
    answer: '{teacher_reasoning}: hm\n{worsened_student_solution}: It is 6.',
    detail: 'no line begins with {corrected_student_solution}',
  },
  'the marker twice': {
    answer: '{corrected_student_solution}: It is 4.\n{corrected_student_solution}: It is four.',
    detail: '2 lines begin with {corrected_student_solution}',
  },
  'a heading first and the marker with a colon later': {
    answer: '{corrected_student_solution}\nFirst part.\n{corrected_student_solution}: Second part.',
    detail: '2 lines begin with {corrected_student_solution}',
  },
  'the marker in two forms': {
    answer: '{corrected_student_solution}: It is 4.\n\n**Corrected Student Solution:** It is four.',
    detail: '2 lines begin with {corrected_student_solution}',
  },
  'a solution that quotes the marker': {
    answer: '{corrected_student_solution}\nIt is 4. As {corrected_student_solution}: says.',
    detail: 'the solution contains {corrected_student_solution}',
  },
  'the reasoning after the solution': {
    answer: '{corrected_student_solution}: It is 4.\n\n{teacher_reasoning}: 5 is wrong.',
    detail: 'the solution contains {teacher_reasoning}',
  },
  'bold reasoning after the solution': {
    answer: '{corrected_student_solution}: It is 4.\n\n**Teacher Reasoning:** 5 is wrong.',
    detail: 'the solution contains **Teacher Reasoning:**',
  },
  'an empty solution': {
    answer: '{teacher_reasoning}: 5 is wrong.\n\n{corrected_student_solution}:\n \n',
    detail: 'nothing follows {corrected_student_solution}',
  },
  nothing: {answer: ' \n', detail: 'the answer is empty'},
  'a cut-off solution': {
    answer: '{corrected_student_solution}: It is 4 becau',
    finishReason: 'length',
    detail: 'the answer is cut: finish_reason is length',
  },
  'a filtered solution': {
    answer: '{corrected_student_solution}: It is 4.',
    finishReason: 'content_filter',
    detail: 'the answer is withheld: finish_reason is content_filter',
  },
  'thoughts that do not end': {
    answer: '<think>\nI would say:\n{corrected_student_solution}: It is 4.',
    detail: 'the answer ends within its reasoning',
  },
};
for (const [what, {answer, finishReason = 'stop', detail}] of Object.entries(unreadable)) {
  test(`an answer with ${what} is malformed`, (t) => {
    t.deepEqual(parseRevision({text: answer, finishReason}), {kind: 'malformed', detail});
  });
}

const plain = {form: 'plain'} as const;

test('a weak reviser is asked for the revision alone, and told to copy what needs no correction', (t) => {
  const prompt = revisionPrompt(completion, plain);
  t.regex(prompt, /Copy every part that needs no correction/);
  t.regex(prompt, /the whole revised solution, and nothing else/);
  t.notRegex(prompt, /teacher_reasoning|corrected_student_solution/);
});

for (const [what, answer, text, rationale] of [
  ['the revision', ' It is 4.\n', 'It is 4.', ''],
  ['thoughts aloud', '<think>5 is wrong.</think>\nIt is 4.', 'It is 4.', '5 is wrong.'],
  ['words before it', "Sure! Here's the revised solution:\n\nIt is 4.", 'It is 4.', ''],
  ['a label', '**Revised answer:** It is 4.', 'It is 4.', ''],
  [
    'the markers all the same',
    '{teacher_reasoning}: 5 is wrong.\n{corrected_student_solution}: It is 4.',
    'It is 4.',
    '5 is wrong.',
  ],
] as const) {
  test(`a plain answer of ${what} is read`, (t) => {
    t.deepEqual(parseRevision({text: answer, finishReason: 'stop'}, plain), {
      kind: 'revision',
      text,
      rationale,
    });
  });
}

test('what the original begins with is no label', (t) => {
  const text = 'Revised answer: 4';
  t.like(parseRevision({text, finishReason: 'stop'}, plain, 'Revised answer: 5'), {text});
  t.like(parseRevision({text, finishReason: 'stop'}, plain, '5'), {text: '4'});
});

for (const [what, answer, detail] of [
  ['the question', '{task}: What is 2+2?\n\nIt is 4.', 'the solution contains {task}'],
  ['a label alone', 'Here is the revised solution:\n', 'nothing follows {corrected_student_solution}'],
  ['nothing', ' ', 'the answer is empty'],
] as const) {
  test(`a plain answer of ${what} is malformed`, (t) => {
    t.deepEqual(parseRevision({text: answer, finishReason: 'stop'}, plain), {kind: 'malformed', detail});
  });
}

test('an example is asked as a completion is, and its answer is one that is read', (t) => {
  const example = {prompt: '1+1?', completion: '3', revision: '2', reasoning: '3 is wrong.'};
  for (const form of ['marked', 'plain'] as const) {
    const [turn] = exampleTurns([example], {form});
    t.is(turn?.prompt, revisionPrompt(example, {form}));
    t.like(parseRevision({text: turn?.answer ?? '', finishReason: 'stop'}, {form}), {text: '2'});
  }
});

test('the form that an endpoint may hold an answer to has the keys that are read, and the question says so', (t) => {
  t.deepEqual(revisionAnswerForm().schema.required, ['teacher_reasoning', 'corrected_student_solution']);
  t.regex(
    revisionPrompt(completion, {structured: true}),
    /keys are teacher_reasoning and corrected_student_solution/,
  );
  t.notRegex(revisionPrompt(completion), /JSON/);
  t.deepEqual(revisionAnswerForm('plain').schema.required, ['corrected_student_solution']);
  t.regex(revisionPrompt(completion, {form: 'plain', structured: true}), /key is corrected_student_solution/);
});

test('a user’s own words and pattern are used in the place of all others', (t) => {
  const words = {
    template: 'Q: {{prompt}}\nA: {{completion}}\nBetter, in <a></a>? {{other}}',
    replyPattern: '(?<rationale>.*)<a>(?<revision>.*)</a>',
  };
  t.is(
    revisionPrompt({prompt: '{{completion}}', completion: '$&'}, words),
    'Q: {{completion}}\nA: $&\nBetter, in <a></a>? {{other}}',
  );
  t.deepEqual(parseRevision({text: 'So.\n<a>It is\n4.</a>', finishReason: 'stop'}, words), {
    kind: 'revision',
    text: 'It is\n4.',
    rationale: 'So.',
  });
  t.deepEqual(parseRevision({text: 'It is 4.', finishReason: 'stop'}, words), {
    kind: 'malformed',
    detail: 'replyPattern does not match',
  });
});
