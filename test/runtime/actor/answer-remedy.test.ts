/** Every answer that cannot be read comes with what to change. */
import test from 'ava';
import {parseAnswer} from '../../../actors/answerer/answer.js';
import {parseJudgment} from '../../../actors/judge/judge.js';
import {parseRevision} from '../../../actors/reviser/revise.js';
import {answerRemedy} from '../../../runtime/actor/answer-remedy.js';

const plain = {form: 'plain'} as const;
const own = {replyPattern: '<a>(?<revision>.*)(?<first>1)(?<second>2)</a>'};
const reply = (text: string, finishReason = 'stop') => ({text, finishReason});

test('Where a form was not kept to, less of it may be asked for, of whom there is less to ask', (t) => {
  const remedy = (key: string, detail: string) => answerRemedy(`actors.${key}`, detail);
  const read = parseJudgment(reply('The first.'));
  const detail = read.kind === 'malformed' ? read.detail : '';
  t.regex(
    remedy('judge', detail),
    /^ask for less \(actors\.judge\.form: plain, and actors\.judge\.structured: true where/,
  );
  t.regex(
    remedy('reviser', 'the answer is cut'),
    /^raise actors\.reviser\.maxTokens, or ask for less \(actors\.rev/,
  );
  t.is(remedy('answerer', 'the answer is cut'), 'raise actors.answerer.maxTokens');
});

test('What is set already is not advised, and an endpoint that holds answers to no JSON is named', (t) => {
  const read = parseJudgment(reply('Both are good.'), plain);
  const detail = read.kind === 'malformed' ? read.detail : '';
  const model = 'choose a model (actors.judge.model) that keeps to the form in which it is asked to answer';
  const remedy = (asked: Parameters<typeof answerRemedy>[2], of = detail) =>
    answerRemedy('actors.judge', of, asked);
  t.is(
    remedy({form: 'plain'}),
    `ask for less (actors.judge.structured: true where the endpoint can hold answers to JSON), or ${model}`,
  );
  t.is(
    remedy({form: 'marked', structured: true}).split(', or ')[0],
    'ask for less (actors.judge.form: plain)',
  );
  t.is(
    remedy({form: 'plain', structured: true}),
    `choose an endpoint that holds answers to JSON, which this one does not, whatever response_format says, or ${model}`,
  );
  t.is(remedy({form: 'plain', structured: true}, 'the answer is cut'), 'raise actors.judge.maxTokens');
  t.is(remedy({replyPattern: '(?<first>1)'}, 'the answer is cut'), 'raise actors.judge.maxTokens');
});

test('Whatever a parser says of an answer, its remedy is about the answer', (t) => {
  const texts = [
    '',
    'Sure.',
    '<think>Hm',
    '<think>Hm</think>',
    '```\n{better_student_solution}: [1]',
    '1\n2',
  ];
  const replies = [...texts.map((text) => reply(text)), reply('It', 'length')];
  const found = replies.flatMap((each) => [
    parseJudgment(each),
    parseJudgment(each, plain),
    parseJudgment(each, own),
    parseRevision(each),
    parseRevision(each, own),
    parseAnswer(each),
  ]);
  const malformed = found.flatMap((each) => (each.kind === 'malformed' ? [each.detail] : []));
  t.true(new Set(malformed).size > 8);
  for (const detail of malformed)
    t.notRegex(answerRemedy('actors.judge', detail), /takes its requests/, detail);
});
