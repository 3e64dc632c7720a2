/**
 * `npm test`: installs what is missing, then every check in order. A failed check does not hide the next one. Ends with
 * the plain line `N passed, N failed`, where each check and each test counts once.
 *
 *   npm test                                                   everything
 *   npm test -- lint generated                                 some of: lint generated build tests
 *   npm test -- tests test/runtime/bus/channels/queue.test.ts  only these test files
 */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {interruption, run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compile, compileIfStale} = await import('./compile.mjs');
const {runAva} = await import('./tests/ava.mjs');
const {builtFrom, everyTest} = await import('./tests/together.mjs');

const node = (script, ...args) => run(process.execPath, [join(root, script), ...args]);
// Biome colours its output wherever it goes.
const lint = () =>
  node('node_modules/@biomejs/biome/bin/biome', 'ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.');
const total = {passed: 0, failed: 0, skipped: 0};
/** Said again at the end, where who reads a long log begins. */
const failures = [];

const checks = {
  lint: {says: 'Format and lint (biome ci)', run: lint},
  generated: {
    says: 'Generated code is current (pbjs)',
    run: () => node('runtime/setup/generate.mjs', '--check'),
  },
  build: {says: 'Types and build (tsc)', run: compile},
};
const names = [...Object.keys(checks), 'tests'];

const args = process.argv.slice(2);
const files = args.filter((argument) => /\.test\.ts$/.test(argument));
const parts = args.filter((argument) => !files.includes(argument));
const unknown = parts.find((part) => !names.includes(part));
if (unknown !== undefined) {
  console.error(
    `npm test: "${unknown}" is no part; parts are ${names.join(', ')}, and test files end in .test.ts`,
  );
  process.exit(2);
}
const missing = files.find((file) => !existsSync(join(root, file)));
if (missing !== undefined) {
  console.error(`npm test: there is no file ${missing}`);
  process.exit(2);
}
const wanted = (name) => parts.length === 0 || parts.includes(name) || (name === 'tests' && files.length > 0);

const installed = await install();
if (installed !== 0) {
  console.log('0 passed, 1 failed');
  process.exit(installed);
}

let built = true;
for (const [name, check] of Object.entries(checks)) {
  if (!wanted(name)) continue;
  console.log(`\n${check.says} ...`);
  const passed = (await check.run()) === 0;
  if (interruption() !== 0) process.exit(interruption());
  if (name === 'build') built = passed;
  total[passed ? 'passed' : 'failed'] += 1;
  if (!passed) failures.push(check.says);
  console.log(`${passed ? '✔' : '✘'} ${check.says}`);
}
if (wanted('tests')) await runTests();

console.log(total.skipped > 0 ? `\n${total.skipped} skipped` : '');
for (const name of failures) console.log(`✘ ${name}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runTests() {
  if (!wanted('build')) built = (await compileIfStale()) === 0;
  if (!built) {
    console.log('\n✘ Tests were not run: the build failed');
    total.failed += wanted('build') ? 0 : 1;
    return;
  }
  console.log('\nUnit and integration tests (ava) ...');
  const chosen = files.length > 0 ? files.map(builtFrom) : everyTest(root);
  const ran = await runAva(chosen, {show: console.log, warn: console.error});
  if (interruption() !== 0) process.exit(interruption());
  total.passed += ran.passed;
  total.failed += ran.failed;
  total.skipped += ran.skipped;
  failures.push(...ran.failures);
}
