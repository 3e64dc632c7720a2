import test from 'ava';
import {parseRevision, revisedPair, revisionPrompt, unrevisable} from '../../../actors/reviser/revise.js';
import {type Completion, FinishReason, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import {reviser} from '../../../runtime/demo/teacher/models.js';
import {randomFor} from '../../../runtime/seed.js';

const by = {source: PreferenceSource.PREFERENCE_SOURCE_REVISION, model: 'gpt-4', requestId: 'req_1'};
const completion: Completion = {
  promptId: '17',
  prompt: 'What is 2+2?',
  completion: 'It is 5.',
  completionIds: [1, 2, 3, 4],
  finishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 3,
};

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

test('the demo teacher reads this prompt, and its answer is read', (t) => {
  const asked = revisionPrompt({prompt: '34*7 21+9 40-8 17*7>', completion: '218,30,32,119.'});
  t.deepEqual(parseRevision(reviser(asked, randomFor('test')), 'stop'), {
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
    t.deepEqual(parseRevision(answer, 'stop'), {kind: 'revision', text, rationale});
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
    t.deepEqual(parseRevision(answer, finishReason), {kind: 'malformed', detail});
  });
}

test('a revision has the line ends of the original: a gateway that writes all of them as Windows does is no difference', (t) => {
  const chosen = (original: string, text: string) =>
    revisedPair({...completion, completion: original}, {text, rationale: ''}, by).chosen;
  t.is(chosen('a\nb', 'a\r\nc'), 'a\nc');
  t.is(chosen('a\r\nb', 'a\r\nc'), 'a\r\nc');
});

test('an empty or cut-off completion is not worth a request', (t) => {
  t.is(unrevisable(completion), undefined);
  t.deepEqual(unrevisable({...completion, completion: ' \n'}), {
    reason: RejectionReason.REJECTION_REASON_EMPTY,
    detail: 'the completion is empty',
  });
  t.deepEqual(
    unrevisable({
      ...completion,
      finishReason: FinishReason.FINISH_REASON_LENGTH,
      completionIds: Array(512).fill(1),
    }),
    {
      reason: RejectionReason.REJECTION_REASON_TRUNCATED,
      detail: 'the completion was cut off at 512 tokens',
    },
  );
});

/** What the sampler says of it, passed on as it is. */
const sampling = {
  segments: [{policyVersion: 3, tokenCount: 4}],
  policyStep: 50,
  endPolicyVersion: 3,
  startedUnixMs: 1000,
};

test('a revision begins and ends with the white space of the original', (t) => {
  const chosenOf = (original: string, text: string) =>
    revisedPair({...completion, completion: original}, {text, rationale: ''}, by).chosen;
  t.is(chosenOf(' nic', 'nice'), ' nice');
  t.is(chosenOf('    return 5\n', '\n  return 4;\n\n  done '), '    return 4;\n\n  done\n');
  t.is(chosenOf('It is 5.', ' It is 4.\n'), 'It is 4.');
});

test('the revision is chosen and the completion rejected (Eq. 1)', (t) => {
  t.deepEqual(revisedPair({...completion, sampling}, {text: 'It is 4.', rationale: '5 is wrong.'}, by), {
    promptId: '17',
    prompt: 'What is 2+2?',
    chosen: 'It is 4.',
    rejected: 'It is 5.',
    chosenIds: [],
    rejectedIds: [1, 2, 3, 4],
    source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
    rationale: '5 is wrong.',
    policyVersion: 3,
    model: 'gpt-4',
    requestId: 'req_1',
    finishReason: FinishReason.FINISH_REASON_STOP,
    sampling,
  });
});
