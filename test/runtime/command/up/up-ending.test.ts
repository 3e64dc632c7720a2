/** How a run ended is told whatever becomes of its report. The tests listen to this process, one after the other. */
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {tellEnding} from '../../../../runtime/command/up/up-ending.js';
import {fleetSchema} from '../../../../runtime/fleet/file/schema.js';
import type {Progress} from '../../../../runtime/fleet/progress.js';
import type {Ending} from '../../../../runtime/fleet/start-fleet.js';
import type {EndCounts} from '../../../../runtime/metrics/ends.js';
import {fleetOf} from '../../../helpers/actor-process.js';
import {endsOf} from '../../../helpers/ends.js';
import {runFolderOf} from '../../../helpers/run-folder.js';

const fleet = fleetSchema.parse(fleetOf({actors: {}}));
const progress: Progress = {
  ...{step: 1, steps: 1, epoch: 1, policyVersion: 1, pairSequence: 16, pairsTrained: 16},
  ...{phase: 'complete', backend: 'onnx', backendReason: 'it loads'},
};

/** What is said of a run's end, on both streams together, and its exit code. */
const told = async (
  t: ExecutionContext,
  ending: Ending,
  {
    isReportable = true,
    faults = [] as string[],
    savedStep = 1,
    made = undefined as EndCounts | undefined,
  } = {},
): Promise<{readonly code: number; readonly said: string}> => {
  const path = await runFolderOf(t, {info: {run: 'first'}});
  // Nothing can be written over a folder.
  if (!isReportable) await mkdir(join(path, 'report.html'));
  const said: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({stream, write: stream.write}));
  for (const {stream} of streams) stream.write = (line: string | Uint8Array) => said.push(String(line)) > 0;
  try {
    const folder = {run: 'first', path, before: undefined, isNew: true};
    const options = {set: [], actors: true};
    const code = await tellEnding({file: 'fleet.yaml', fleet, options, folder}, ending, {
      progress,
      savedStep,
      made,
      faults,
    });
    return {code, said: said.join('')};
  } finally {
    for (const {stream, write} of streams) stream.write = write;
  }
};

test.serial('A complete run shows its report', async (t) => {
  const {code, said} = await told(t, {kind: 'complete'});
  t.is(code, 0);
  t.regex(said, /^Run first/);
  t.regex(said, /^report: .*report\.html$/m);
});

test.serial(
  'A complete run whose report cannot be written says so, what is there, and what completes it',
  async (t) => {
    const {code, said} = await told(t, {kind: 'complete'}, {isReportable: false});
    t.is(code, 1);
    t.regex(said, /^no report was written: .*report\.html/m);
    t.regex(said, /^run first is complete; its checkpoints are in .*checkpoints$/m);
    t.regex(said, /anchorage up fleet\.yaml --run first$/m);
  },
);

test.serial('A run that failed says its reason and what goes on with it, without a report too', async (t) => {
  const ending = {kind: 'failed', reason: 'learner-0: training diverged'} as const;
  const {code, said} = await told(t, ending, {isReportable: false});
  t.is(code, 1);
  t.regex(said, /go on with: .*anchorage up fleet\.yaml --run first$/m);
  t.regex(said, /^learner-0: training diverged$/m);
});

test.serial('A drained run without a report ends as asked', async (t) => {
  const {code, said} = await told(t, {kind: 'drained'}, {isReportable: false});
  t.is(code, 0);
  t.regex(said, /^stopped after step 1; .*; go on with: /m);
});

test.serial('Files that lack something are no success, and each is named', async (t) => {
  const faults = ['pairs.jsonl: holds pairs up to 310 of 540; the server does not give the rest'];
  const {code, said} = await told(t, {kind: 'complete'}, {faults});
  t.is(code, 1);
  t.true(said.startsWith(`${faults[0]}\n`));
  t.regex(said, /^complete its files with: .*anchorage up fleet\.yaml --run first$/m);
});

test.serial('A stop whose checkpoint was not written fails, and says what is lost', async (t) => {
  const before = await told(t, {kind: 'drained'}, {savedStep: 0});
  t.is(before.code, 1);
  t.regex(before.said, /^the last checkpoint was not written: .* and step 1, which no checkpoint has; /m);
  const lost = 'learner-0: ended by SIGKILL';
  const underWay = await told(t, {kind: 'drained', lost});
  t.is(underWay.code, 1);
  t.regex(underWay.said, /^the last checkpoint was not written \(learner-0: ended by SIGKILL\): the step/m);
});

test.serial(
  'A run that hardly any prompt gave a pair for says so before its report, with what to change',
  async (t) => {
    const made = endsOf(1, {unchanged: 14, truncated: 32, length: 1});
    const {code, said} = await told(t, {kind: 'complete'}, {made});
    t.is(code, 0);
    const [warning, first] = said.split('\n');
    t.is(
      warning,
      'warning: 1 of 48 prompts became a pair, which fills no batch of 16; rejected: 32 truncated, 14 unchanged, 1 length',
    );
    t.regex(
      first ?? '',
      /^ {2}32 truncated: the policy’s answer was cut off at policy\.maxCompletionTokens; raise it/,
    );
    const enough = await told(t, {kind: 'complete'}, {made: endsOf(16, {length: 20})});
    t.false(enough.said.includes('warning'));
  },
);
