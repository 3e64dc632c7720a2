/** What is found wrong when a fleet is at work ends it: one line, a code that is not 0, and nothing left running. */
import {cpSync, truncateSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import {type FleetFolder, openFleetFolder} from '../helpers/fleet-folder.js';
import {apiError, modelList, type ScriptedReply, scriptedEndpoint} from '../helpers/scripted-endpoint.js';

const small = ['prompts.count=64', 'training.steps=2', 'training.warmupSteps=0'];

const withFolder = (t: ExecutionContext): FleetFolder => {
  const folder = openFleetFolder({isScored: false});
  t.teardown(() => folder.remove());
  return folder;
};

/** The fleet's complaint, whole. */
const complaintOf = async (
  t: ExecutionContext,
  folder: FleetFolder,
  sets: readonly string[],
): Promise<string> => {
  const up = await folder.up([...small, ...sets], {TEST_KEY: 'key'});
  const {code, stderr} = await up.ended;
  t.is(code, 1);
  t.deepEqual(folder.processes(), []);
  return stderr;
};

test.serial('A policy whose weights are cut short', async (t) => {
  const folder = withFolder(t);
  const policy = join(folder.path, 'policy');
  cpSync(demoPolicyFolder, policy, {recursive: true});
  truncateSync(join(policy, 'model.safetensors'), 100_000);
  const complaint = await complaintOf(t, folder, ['policy.model=policy']);
  // Before anything starts.
  t.regex(complaint, /^[^\n]*: policy\.model: [^\n]*\n$/);
  t.true(complaint.includes(`${join(policy, 'model.safetensors')}: truncated`), complaint);
});

const endpoint = (baseUrl: string, timeoutMs = 30_000): string[] => [
  `endpoints={openai: {baseUrl: "${baseUrl}", apiKeyEnv: TEST_KEY}}`,
  `actors.reviser={endpoint: openai, model: gpt, timeoutMs: ${timeoutMs}}`,
];
const serving =
  (models: ScriptedReply, completions: ScriptedReply) =>
  ({method}: {readonly method: string}): ScriptedReply =>
    method === 'GET' ? models : completions;

test.serial(
  'An endpoint that has no such model: a warning before the start, and the end at the first request',
  async (t) => {
    const unknown = apiError(404, 'The model `gpt` does not exist', {code: 'model_not_found'});
    const {baseUrl} = await scriptedEndpoint(t, serving(modelList('other'), unknown));
    const complaint = await complaintOf(t, withFolder(t), endpoint(baseUrl));
    t.is(
      complaint,
      `endpoint ${baseUrl} does not list gpt (actors.reviser.model) but: other; going on, since only a request can tell\n` +
        `reviser-0: endpoint ${baseUrl}, model gpt: 404 The model \`gpt\` does not exist; ` +
        'correct actors.reviser.model or endpoints.openai.baseUrl, which usually ends in /v1\n',
    );
  },
);

test.serial('A run whose prompts are all rejected has trained nothing, and says so', async (t) => {
  const folder = withFolder(t);
  const complaint = await complaintOf(t, folder, ['filter={minLengthRatio: 3, maxLengthRatio: 4}']);
  const file = join(folder.runFolder, 'rejections.jsonl');
  t.is(complaint, `nothing was trained: every prompt was rejected; ${file} says why, prompt by prompt\n`);
});

test.serial('An endpoint that lists its models and answers no request', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, serving(modelList('gpt'), {kind: 'hang'}));
  const complaint = await complaintOf(t, withFolder(t), endpoint(baseUrl, 300));
  t.regex(
    complaint,
    /^reviser-0: [^\n]+: no answer to anything for [^\n]+, raise actors\.reviser\.timeoutMs, [^\n]+\n$/,
  );
  t.true(complaint.includes(`endpoint ${baseUrl}, model gpt`), complaint);
  t.true(requests.some(({path}) => path === '/v1/chat/completions'));
});

test.serial(
  'An endpoint that accepts connections and says nothing is found before anything starts',
  async (t) => {
    const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'hang'}));
    const complaint = await complaintOf(t, withFolder(t), endpoint(baseUrl, 300));
    t.is(
      complaint,
      `endpoint ${baseUrl}, model gpt: no answer within 10000 ms; see whether it is at work, ` +
        'raise actors.reviser.timeoutMs, or correct endpoints.openai.baseUrl\n',
    );
  },
);
