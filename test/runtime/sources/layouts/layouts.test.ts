/** Layouts of published data sets: what of a row is its prompt, its answers and their scores. Rows of our own. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {Float} from '../../../../runtime/json/exact-json.js';
import {columnOf, columnsThere, exampleOf} from '../../../../runtime/sources/layouts/layouts.js';

const read = (columns: object) => exampleOf({row: 1, where: 'f:1', columns: {...columns}});

const rated = (overall_score: unknown, ...ratings: unknown[]) => ({
  response: 'r',
  model: 'm',
  overall_score,
  annotations: Object.fromEntries(ratings.map((Rating, index) => [`aspect ${index}`, {Rating}])),
});
const scoreOf = (completion: object) =>
  read({instruction: 'i', completions: [completion]})?.answers?.[0]?.score;

test('UltraFeedback: each completion is an answer with its score', (t) => {
  const completions = [
    {...rated(7.5, '4', '3'), response: 'a', model: 'x'},
    {response: 'b', overall_score: 2},
  ];
  t.deepEqual(read({instruction: 'i', completions, source: 's'}), {
    prompt: 'i',
    answers: [
      {text: 'a', model: 'x', score: 7.5},
      {text: 'b', model: undefined, score: 2},
    ],
  });
});

test('UltraFeedback: a 10 that its ratings contradict is the 1 that was stored as 10', (t) => {
  t.is(scoreOf(rated(10, '1', '2', '1', '1')), 1);
  t.is(scoreOf(rated(new Float(10), '3', '3')), 1);
  t.is(scoreOf(rated(10, '5', '5', 'N/A', '4')), 10);
  t.is(scoreOf(rated(10, 'N/A')), undefined);
  t.is(scoreOf({response: 'r', overall_score: 10, annotations: null}), undefined);
  t.is(scoreOf(rated(9, '1', '1')), 9);
  t.is(scoreOf(rated(null, '1')), undefined);
});

test('UltraFeedback: a field of another kind is named', (t) => {
  const complaints = {
    'f:1: completions: not a list of objects': {instruction: 'i', completions: 'c'},
    'f:1: instruction: not a text': {instruction: 3, completions: []},
    'f:1: completions.1: response: not a text': {instruction: 'i', completions: [{}, {response: []}]},
  };
  for (const [message, row] of Object.entries(complaints))
    t.throws(() => read(row), {instanceOf: TerminalError, message});
});

test('AlpacaEval: an output is an answer of its generator', (t) => {
  t.deepEqual(read({instruction: 'i', output: 'o', generator: 'g', dataset: 'd'}), {
    prompt: 'i',
    answers: [{text: 'o', model: 'g'}],
  });
});

test('AlpacaEval: a preference is what each of two outputs scores', (t) => {
  const scoresOf = (preference: unknown) =>
    read({instruction: 'i', output_1: 'a', output_2: 'b', preference})?.answers?.map(({score}) => score);
  t.deepEqual(scoresOf(1.75), [0.25, 0.75]);
  t.deepEqual(scoresOf(new Float(1)), [1, 0]);
  t.deepEqual(scoresOf(2), [0, 1]);
  t.deepEqual(scoresOf(0), [0.5, 0.5]);
  t.deepEqual(scoresOf(null), [undefined, undefined]);
});

test('MT-bench: the first turn is the prompt, and the reference answers it', (t) => {
  t.deepEqual(read({question_id: 81, category: 'c', turns: ['a', 'b']}), {
    prompt: 'a',
    laterTurns: 1,
    answers: [],
  });
  t.deepEqual(read({question_id: 81, turns: ['a', 'b'], reference: ['x', 'y']}), {
    prompt: 'a',
    laterTurns: 1,
    answers: [{text: 'x'}],
  });
});

test('CLAIR: the prompt of whole conversations is what they share', (t) => {
  const [user, good, bad] = ['user', 'assistant', 'assistant'].map((role, index) => ({
    role,
    content: `${index}`,
  }));
  t.like(read({prompt: 'p', chosen: [user, good], rejected: [user, bad], rational: 'why'}), {
    prompt: [user],
    chosen: [good],
    rejected: [bad],
  });
});

test('Whole conversations: an assistant’s last turn is a recorded answer to what comes before', (t) => {
  const [user, assistant] = [
    {role: 'user', content: 'a'},
    {role: 'assistant', content: 'b'},
  ];
  t.like(read({messages: [user, assistant]}), {prompt: [user], answers: [{text: 'b'}]});
  t.deepEqual(read({messages: [user, assistant, user]})?.prompt, [user, assistant, user]);
  t.deepEqual(read({messages: [user, assistant, user]})?.answers, []);
  const named = {row: 1, where: 'f:1', columns: {prompt: 'a', messages: [user, assistant, user, assistant]}};
  t.is(exampleOf(named)?.prompt, 'a');
  t.like(columnOf(named, 'messages'), {prompt: [user, assistant, user], answers: [{text: 'b'}]});
});

test('A system column is the first message of the prompt, whatever the layout, and blank it is none', (t) => {
  const [system, user] = [
    {role: 'system', content: 's'},
    {role: 'user', content: 'a'},
  ];
  const whole = [system, user];
  for (const row of [{prompt: 'a'}, {prompt: whole}, {instruction: 'a', completions: []}, {messages: [user]}])
    t.deepEqual(read({system: 's', ...row})?.prompt, whole);
  t.deepEqual(columnOf({row: 1, where: 'f:1', columns: {system: 's', q: 'a'}}, 'q').prompt, whole);
  t.like(read({system: 's', prompt: 'a', chosen: 'b', rejected: 'c'}), {prompt: whole, chosen: 'b'});
  for (const blank of ['', ' \n', null]) t.is(read({system: blank, prompt: 'a'})?.prompt, 'a');
  t.throws(() => read({system: 't', prompt: whole}), {
    instanceOf: TerminalError,
    message: 'f:1: system: the prompt has another system message; leave one of them out',
  });
});

test('Rows of no layout are told by their columns', (t) => {
  t.is(read({instruction: 'i', difficulty: 1}), undefined);
  t.is(columnsThere({instruction: 'i', difficulty: 1}), '"instruction", "difficulty"');
  t.is(columnsThere({}), 'none');
  t.regex(
    columnsThere(Object.fromEntries(Array.from({length: 25}, (_, index) => [`c${index}`, 0]))),
    /"c19" and 5 more$/,
  );
});

test('A column that somebody names holds the prompt, a text or messages', (t) => {
  const prompt = [{role: 'user', content: 'b'}];
  const row = {row: 1, where: 'f:1', columns: {a: 'b', c: prompt, d: null, e: 3}};
  t.like(columnOf(row, 'a'), {prompt: 'b'});
  t.deepEqual(columnOf(row, 'c').prompt, prompt);
  t.like(columnOf(row, 'd'), {prompt: undefined});
  t.throws(() => columnOf(row, 'e'), {
    message: 'f:1: e: neither a text nor messages such as [{"role": "user", "content": "..."}]',
  });
  t.throws(() => columnOf(row, 'z'), {message: 'f:1: no column "z"; there are "a", "c", "d", "e"'});
});

test('Recorded answers: each has its text and, where they are known, its model and score', (t) => {
  const answers = [{text: 'a', model: 'm', score: '7'}, {text: 'b'}];
  t.like(read({prompt: 'p', answers}), {
    prompt: 'p',
    answers: [
      {text: 'a', model: 'm', score: 7},
      {text: 'b', model: undefined, score: undefined},
    ],
  });
  t.throws(() => read({prompt: 'p', answers: [{model: 'm'}]}), {message: 'f:1: answers.0: no text'});
  t.is(
    read({prompt: 'p', answers: ['a']})?.answers,
    undefined,
    'texts that count as right are no recorded answers',
  );
});

test('A pair that has a column of answers beside it is that pair', (t) => {
  const pair = {prompt: 'p', chosen: 'c', rejected: 'r'};
  for (const answers of [['42'], null, [{text: 'a', score: 1}]])
    t.like(read({...pair, answers}), {...pair, answers: undefined});
});

test('A column that is named keeps the recorded answers of its row, and what the template is told', (t) => {
  const kwargs = {chat_template_kwargs: {enable_thinking: false}};
  const row = (columns: Record<string, unknown>) => ({row: 1, where: 'f:1', columns});
  t.like(columnOf(row({question: 'q', answers: [{text: 'a'}], ...kwargs}), 'question'), {
    prompt: 'q',
    answers: [{text: 'a'}],
    context: {arguments: {enable_thinking: false}},
  });
  t.like(columnOf(row({question: 'q', ...kwargs}), 'question'), {
    prompt: 'q',
    context: {arguments: {enable_thinking: false}},
  });
});
