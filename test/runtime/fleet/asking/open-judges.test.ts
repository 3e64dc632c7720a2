/** The judges of a fleet's suites, as its file says them. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {judgesOf} from '../../../../runtime/fleet/asking/open-judges.js';
import {evaluationsOf} from '../../../../runtime/fleet/file/evaluations.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {scoreAnswers} from '../../../../runtime/suites/scoring/score-answers.js';
import {questionsOf} from '../../../../runtime/suites/suites.js';
import {signal} from '../../../helpers/asking.js';
import {temporaryFile} from '../../../helpers/temporary.js';

test('A judge is asked in the form that the fleet says, and one that cannot be read leaves its suite after so many verdicts', async (t) => {
  const rows = Array.from({length: 50}, (_, at) => JSON.stringify({prompt: `${at}?`, answer: 'x'}));
  const file = temporaryFile(t, 'gold.jsonl', rows.join('\n'));
  const fleet = await readFleet(
    temporaryFile(
      t,
      'fleet.yaml',
      `prompts: {demo: true, count: 64}
policy: {model: demo, format: plain}
objective: {name: apo_zero, learningRate: 1.0e-5}
training: {steps: 1}
endpoints: {teacher: {demo: true}, judge: {baseUrl: 'http://localhost:1/v1'}}
actors: {reviser: {endpoint: teacher, model: reviser}}
evaluation:
  suite: gold_answers
  file: ${file}
  match: judged
  judge: {endpoint: judge, model: m, form: plain, structured: true, maxFirstUnusable: 4, concurrency: 1}
`,
    ),
    [],
  );
  const asked: {readonly prompt: string; readonly form: unknown}[] = [];
  const [judge] = judgesOf(fleet, {
    signal,
    accounted: () => ({}),
    open: async () => ({
      async complete({prompt, form}) {
        asked.push({prompt, form});
        return {
          ...{kind: 'answer', text: 'Fine.', finishReason: 'length', model: 'm', requestId: ''},
          ...{promptTokens: 1, completionTokens: 1, seconds: 0},
        };
      },
    }),
  });
  const [evaluation] = evaluationsOf(fleet);
  const questions = evaluation && (await questionsOf(evaluation));
  if (questions === undefined) return t.fail('there is a suite');
  await t.throwsAsync(scoreAnswers(questions, [], {judge}), {
    instanceOf: TerminalError,
    message:
      /^none of the first 4 verdicts of m can be read: 4 × the judge's answer is cut; .*; raise evaluation\.judge\.maxTokens, or .* set evaluation\.judge\.maxFirstUnusable to 0/,
  });
  // And of one that was under way.
  t.true(asked.length <= 5, String(asked.length));
  t.regex(asked[0]?.prompt ?? '', /Answer with the score and nothing else/);
  t.like(asked[0]?.form, {name: 'score', schema: {required: ['score']}});
});
