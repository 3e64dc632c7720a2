/** One run on a server that takes small messages alone, whose endpoint answers every other time with far more than it takes. */
import test from 'ava';
import {startTeacher} from '../../runtime/demo/teacher/teacher.js';
import {withBareServer} from '../helpers/bare-server.js';
import {openFleetFolder, stepRows} from '../helpers/fleet-folder.js';
import {
  completion,
  json,
  modelList,
  type SeenRequest,
  scriptedEndpoint,
} from '../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../helpers/temporary.js';

const KEY = 'a-key';
const PROMPTS = 96;
const MAX_PAYLOAD_BYTES = 32_768;
const long = '\u754c'.repeat(20_000);
/** No form, a revision that no message has room for, and one that is too long beside the answer. */
const longReplies = [
  `I shall think. ${long}`,
  `**{teacher_reasoning}** ${long}\n**{corrected_student_solution}** ${long}`,
  `**{corrected_student_solution}** ${'\u754c'.repeat(6_000)}`,
];

test('What is longer than the server takes ends as a rejection that is cut to it, and the run trains on the rest', async (t) => {
  const folder = openFleetFolder({isScored: false});
  t.teardown(() => folder.remove());
  const teacher = await startTeacher({key: KEY, seed: 0, latencyMs: 0, failureRate: 0});
  t.teardown(() => teacher.close());
  const ask = async ({method, path, body}: SeenRequest) => {
    const answer = await fetch(new URL(path, teacher.url), {
      method,
      headers: {'content-type': 'application/json', authorization: `Bearer ${KEY}`},
      ...(body && {body: JSON.stringify(body)}),
    });
    return json(answer.status, await answer.json());
  };
  let asked = 0;
  const {baseUrl} = await scriptedEndpoint(t, (request) => {
    if (request.method === 'GET') return modelList('reviser');
    asked += 1;
    // The first are all good: a run whose first answers are all unusable stops.
    if (asked < 20 || asked % 2 === 0) return ask(request);
    return completion(longReplies[asked % longReplies.length] ?? '');
  });
  const url = await withBareServer(t, [
    `jetstream { store_dir: ${JSON.stringify(temporaryFolder(t))} }`,
    `max_payload: ${MAX_PAYLOAD_BYTES}`,
  ]);
  const up = await folder.up(
    [
      `prompts={demo: true, count: ${PROMPTS}}`,
      'training={warmupSteps: 1, checkpointEverySteps: 2}',
      `endpoints={teacher: {baseUrl: "${baseUrl}", apiKeyEnv: SMALL_TEST_KEY}}`,
    ],
    {NATS_URL: url, SMALL_TEST_KEY: KEY},
  );
  const {code, stderr} = await up.ended;
  t.is(code, 0, stderr);
  const pairs = folder.lines('pairs');
  const rejections = folder.lines('rejections');
  t.is(pairs.length + rejections.length, PROMPTS);
  t.is(stepRows(folder).at(-1)?.pairs, pairs.length);
  t.true(pairs.length > 32);
  for (const reason of ['format', 'too_large']) {
    const line = rejections.find((rejection) => rejection.reason === reason && rejection.truncated === true);
    t.regex(String(line?.reply), /\u754c{1000,} \u2026 \(\d+ characters in all\)$/, reason);
  }
  t.is(rejections.find(({reason}) => reason === 'length')?.reply, '\u754c'.repeat(6_000));
});
