import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {requireAskable} from '../../../../runtime/fleet/evaluation/askable.js';
import type {Evaluation} from '../../../../runtime/fleet/file/evaluations.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {meanSummary} from '../../../../runtime/suites/summary.js';

const suite = {
  ...({kind: 'answers', suite: 'module', maxCompletionTokens: 8} as const),
  items: [{prompt: 'a'}, {prompt: 'b', followUps: ['c']}],
  grade: async () => ({score: 1}),
  summary: async () => meanSummary([]),
  parts: undefined,
  needsJudge: false,
};
const fleetOf = (format: 'chat' | 'plain') => ({policy: {format} as Fleet['policy']});

test('Several turns are asked by a chat template, and refused before a run starts where there is none', (t) => {
  t.notThrows(() => requireAskable(suite, {}, fleetOf('chat')));
  t.notThrows(() => requireAskable({...suite, items: [{prompt: 'a'}]}, {}, fleetOf('plain')));
  t.throws(() => requireAskable(suite, {}, fleetOf('plain')), {
    instanceOf: TerminalError,
    message: /^evaluation: suite module: item 2 has followUps, which need the chat template; /,
  });
});

test('Items that a judge grades are refused before a run starts where there is none', (t) => {
  const judged = {...suite, items: [{prompt: 'a'}], needsJudge: true};
  t.notThrows(() =>
    requireAskable(
      judged,
      {judge: {endpoint: 'openai', model: 'judge'} as Evaluation['judge']},
      fleetOf('plain'),
    ),
  );
  t.throws(() => requireAskable(judged, {}, fleetOf('plain')), {
    instanceOf: TerminalError,
    message: /^evaluation: suite module: a judge grades some of its items; add judge: /,
  });
});
