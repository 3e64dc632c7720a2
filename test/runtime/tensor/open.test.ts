import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {type Candidate, openExecutor} from '../../../runtime/tensor/open.js';
import {tensorflowIsPresent} from '../../helpers/executors.js';

const works = (name: Candidate['name']): Candidate => ({
  name,
  open: async () => (await openExecutor({backend: 'eager', threads: 1})).executor,
  why: 'it loads',
  remedy: 'nothing',
});
const fails = (name: Candidate['name']): Candidate => ({
  name,
  open: async () => {
    throw new Error('no such library\nat a long stack');
  },
  why: 'it loads',
  remedy: 'npm install it',
});

test('auto takes ONNX Runtime for decoding and says why in one line', async (t) => {
  const {executor, reason} = await openExecutor({backend: 'auto', threads: 1});
  t.is(executor.name, 'onnx');
  t.regex(reason, /^onnx: [^\n]+$/);
});

test('auto takes TensorFlow for training where it is built, else ONNX Runtime and says why', async (t) => {
  const {executor, reason} = await openExecutor({backend: 'auto', threads: 1, work: 'training'});
  t.is(executor.name, tensorflowIsPresent ? 'tensorflow' : 'onnx');
  if (!tensorflowIsPresent)
    t.regex(reason, /^onnx: .*; tensorflow does not work here \(its addon is not built\)$/);
});

test('bfloat16 is TensorFlow’s alone: others refuse it in one line', async (t) => {
  for (const backend of ['onnx', 'eager'] as const) {
    const error = await t.throwsAsync(openExecutor({backend, threads: 1, precision: 'bfloat16'}), {
      instanceOf: TerminalError,
    });
    t.regex(
      error.message,
      new RegExp(`^precision bfloat16 is of backend tensorflow only, not of ${backend}: .*float32$`),
    );
  }
  await t.throwsAsync(
    openExecutor({backend: 'auto', threads: 1, precision: 'bfloat16'}, [works('onnx'), fails('tensorflow')]),
    {instanceOf: TerminalError, message: /^backend tensorflow does not work here .*: npm install it$/},
  );
});

test('auto passes over what does not work, and the reason says so', async (t) => {
  const {reason} = await openExecutor({backend: 'auto', threads: 1}, [
    fails('onnx'),
    fails('tensorflow'),
    works('eager'),
  ]);
  t.is(
    reason,
    'eager: it loads; onnx does not work here (no such library); tensorflow does not work here (no such library)',
  );
});

test('a backend asked for that does not work is final, and the message has the remedy', async (t) => {
  const error = await t.throwsAsync(
    openExecutor({backend: 'onnx', threads: 1}, [fails('onnx'), works('eager')]),
    {
      instanceOf: TerminalError,
    },
  );
  t.is(error.message, 'backend onnx does not work here (no such library): npm install it');
});

test('auto with nothing that works is final and names every backend', async (t) => {
  await t.throwsAsync(openExecutor({backend: 'auto', threads: 1}, [fails('onnx'), fails('eager')]), {
    instanceOf: TerminalError,
    message: /onnx does not work here .*; eager does not work here/,
  });
});

test('eager can be asked for by name', async (t) => {
  const {executor, reason} = await openExecutor({backend: 'eager', threads: 1});
  t.is(executor.name, 'eager');
  t.is(reason, 'eager, as asked for');
});

test('a GPU that was asked for is never silently another device', async (t) => {
  const error = await t.throwsAsync(
    openExecutor({backend: 'auto', device: 'webgpu', threads: 1}, [fails('onnx'), works('eager')]),
    {instanceOf: TerminalError},
  );
  t.regex(
    error.message,
    /^device webgpu does not work here \(no such library\): install a GPU driver .*, or set device to cpu$/,
  );
  await t.throwsAsync(openExecutor({backend: 'eager', device: 'webgpu', threads: 1}), {
    instanceOf: TerminalError,
    message: 'backend eager has no device webgpu: set backend to onnx, or device to cpu',
  });
});
