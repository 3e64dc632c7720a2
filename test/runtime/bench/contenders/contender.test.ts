/** Real processes: our own worker, and what is not there or ends too early. */
import test from 'ava';
import {startContender} from '../../../../runtime/bench/contenders/contender.js';
import {
  computes,
  fitting,
  learnerPeers,
  memoryPeers,
  ours,
  realComputes,
  realReferencePeers,
  realSamples,
  realSamplingPeers,
  realScores,
  realTrainingPeers,
  samplerPeers,
  samples,
} from '../../../../runtime/bench/contenders/contenders.js';
import type {LearnerJob} from '../../../../runtime/bench/contenders/job.js';
import {configOf} from '../../../../runtime/bench/workload/sizes.js';
import {makePairs} from '../../../../runtime/bench/workload/workload.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {isAlive} from '../../../helpers/process.js';

const config = {...configOf('0.4M'), layerCount: 1};
const job: LearnerJob = {
  bench: 'learner',
  size: '0.4M',
  config,
  threads: 1,
  precision: 'float32',
  backend: 'onnx',
  pairs: makePairs({kind: 'plain', pairs: 1, tokens: 12, vocabSize: config.vocabSize}),
};

test('our process warms up, runs as often as it is told, and says what it holds and took', async (t) => {
  const contender = await startContender(ours('onnx'), job);
  if ('missing' in contender) throw new Error(contender.missing);
  const {seconds, memory} = await contender.run(3);
  t.is(seconds.length, 3);
  t.true(seconds.every((each) => each > 0));
  const again = await contender.run(1);
  t.is(again.memory?.tensors, memory?.tensors, 'a step leaves no tensor behind');
  const {peakMemoryBytes, about} = await contender.end();
  t.true(peakMemoryBytes > 30 * 2 ** 20 && peakMemoryBytes < 2 ** 31, `${peakMemoryBytes}`);
  // One layer less than 0.4M's two: 128·(2·128 + 2·64 + 3·352) + 2·128 parameters.
  t.deepEqual(about, {parameters: 402_048 - 184_576, learnedParameters: 402_048 - 184_576});
});

test('a probe counts about what the model’s own equation says', async (t) => {
  const contender = await startContender(ours('onnx'), {...job, bench: 'probe'});
  if ('missing' in contender) throw new Error(contender.missing);
  const {about} = await contender.end();
  t.true(Number(about.computedFlop) > 1e6 && Number(about.computedFlop) < 1e8, `${about.computedFlop}`);
  t.true(Number(about.peakFlopPerSecond) > 1e8, `${about.peakFlopPerSecond}`);
});

test('a command that is not there is missing, in one line', async (t) => {
  const started = await startContender({name: 'torch', command: 'no-such-python', args: []}, job);
  t.deepEqual(started, {name: 'torch', missing: 'no-such-python is not there'});
});

test('a process that ends instead of answering fails with what it last wrote', async (t) => {
  const command = {
    name: 'short',
    command: process.execPath,
    args: ['-e', 'console.error("no room"); process.exit(3)'],
  };
  await t.throwsAsync(startContender(command, job), {
    instanceOf: TerminalError,
    message: /^short ended by itself \(code 3\); it last wrote:\nno room/,
  });
});

/** A process that answers with what `code` makes of its input's lines. */
const answering = (code: string) => ({name: 'slow', command: process.execPath, args: ['-e', code]});

test('a process that hangs is ended, and that is said', async (t) => {
  const hanging = answering('setInterval(() => {}, 1000)');
  await t.throwsAsync(startContender(hanging, job, {answerMs: 1000, runMs: 0, leaveMs: 0}), {
    instanceOf: TerminalError,
    message: /^slow gave no answer within 1 s and was ended; /,
  });
});

test('a process that has said all and stays is ended, before another is measured', async (t) => {
  const staying = answering(`
    console.log('{"ready": true}');
    process.stdin.resume().on('end', () => console.log('{"peakMemoryBytes": 1, "about": {"pid": ' + process.pid + '}}'));
    setInterval(() => {}, 1000);
  `);
  const contender = await startContender(staying, job, {answerMs: 10_000, runMs: 0, leaveMs: 50});
  if ('missing' in contender) throw new Error(contender.missing);
  const {about} = await contender.end();
  t.false(isAlive(Number(about.pid)));
});

test('of every contender it is said what it computes', (t) => {
  for (const {name} of [...learnerPeers('python3'), ...memoryPeers('python3')])
    t.true(name in computes, name);
  for (const {name} of samplerPeers('python3')) t.true(name in samples, name);
  t.true('ours' in computes && 'ours' in samples);
  for (const {name} of realTrainingPeers('python3')) t.true(name in realComputes, name);
  for (const {name} of realReferencePeers('python3')) t.true(name in realScores, name);
  for (const {name} of realSamplingPeers('python3')) t.true(name in realSamples, name);
});

test('a backend that lacks a precision is not passed over in silence', (t) => {
  const missing: string[] = [];
  const fit = fitting(['onnx', 'tensorflow'], 'bfloat16', (name, reason) =>
    missing.push(`${name}: ${reason}`),
  );
  t.deepEqual(fit, ['tensorflow']);
  t.deepEqual(missing, ['onnx: onnx computes in float32 only']);
});
