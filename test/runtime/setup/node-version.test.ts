import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {packageRoot} from '../../../runtime/paths.js';
import {load, scriptPath} from './scripts.js';

interface NodeVersion {
  supports(version: string, range: string): boolean;
  unsupportedNode(version: string, range: string): string | undefined;
}
const {supports, unsupportedNode} = await load<NodeVersion>('node-version.mjs');
const {engines} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  engines: {node: string};
};

test('The Nodes that package.json names are supported, and no other', (t) => {
  for (const version of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v22.23.3', 'v24.0.0', 'v25.1.0', 'v30.0.0']) {
    t.true(supports(version, engines.node), version);
    t.is(unsupportedNode(version.slice(1), engines.node), undefined, version);
  }
  for (const version of ['v14.21.3', 'v18.20.8', 'v20.18.3', 'v21.7.3', 'v22.11.0', 'v23.11.1']) {
    t.false(supports(version, engines.node), version);
    t.regex(unsupportedNode(version, engines.node) ?? '', /is not supported/, version);
  }
});

test('A range of another form is an error, not a guess', (t) => {
  t.throws(() => supports('v20.19.0', '~20.19'), {message: /engines\.node has "~20\.19"/});
});

test('An unsupported Node ends the process with one line', (t) => {
  const script =
    `import {requireSupportedNode} from '${pathToFileURL(scriptPath('node-version.mjs'))}';` +
    "requireSupportedNode('v18.20.8', '^20.19 || >=24'); console.log('went on');";
  const {status, stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  t.is(status, 1);
  t.is(stdout, '');
  t.is(
    stderr,
    'Node 18.20.8 is not supported: Anchorage runs on ^20.19 || >=24; install Node 24 from https://nodejs.org\n',
  );
});
