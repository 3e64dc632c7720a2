import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import * as z from 'zod';
import {actorNames} from '../runtime/actors.js';
import {deciders} from '../runtime/datasets.js';
import {packageRoot} from '../runtime/paths.js';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** As compose reads it where no variable is set: `${RUN:-first}` is first. */
function composeOf(text: string): unknown {
  const withVariables = JSON.stringify(parse(text, {merge: true}));
  return JSON.parse(withVariables.replace(/\$\{\w+:-([^}]*)\}/g, '$1'));
}

const service = z.object({
  image: z.string(),
  command: z.array(z.string()),
  profiles: z.array(z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({test: z.array(z.string())}).optional(),
  depends_on: z.record(z.string(), z.object({condition: z.string()})).default({}),
});
const compose = z
  .object({services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown())})
  .parse(composeOf(read('deploy/compose.yaml')));
const {services} = compose;

test('The compose file has NATS, the feeder and one service an actor, and nothing else', (t) => {
  t.deepEqual(Object.keys(services).toSorted(), ['nats', 'up', ...actorNames].toSorted());
});

test('Every actor’s service starts that actor, of the same fleet and run, once NATS is healthy', (t) => {
  for (const name of actorNames) {
    t.deepEqual(
      services[name]?.command,
      ['start', name, '--fleet', '/data/fleet.yaml', '--run', 'first'],
      name,
    );
    t.is(services[name]?.depends_on.nats?.condition, 'service_healthy', name);
    t.is(services[name]?.environment.NATS_URL, 'nats://nats:4222', name);
  }
  t.deepEqual(services.up?.command, ['up', '/data/fleet.yaml', '--run', 'first', '--no-actors']);
});

test('An actor that only some datasets need is behind a profile of its name', (t) => {
  const profiled = Object.entries(services).flatMap(([name, {profiles}]) =>
    profiles ? [[name, profiles]] : [],
  );
  t.deepEqual(
    profiled,
    deciders.map((decider) => [decider, [decider]]),
  );
});

test('NATS has JetStream on a volume, and is asked whether it is ready', (t) => {
  t.deepEqual(services.nats?.command.slice(0, 3), ['--jetstream', '--store_dir', '/store']);
  t.deepEqual(services.nats?.volumes, ['store:/store']);
  t.true(services.nats?.healthcheck?.test.at(-1)?.includes('/healthz?js-enabled-only=true'));
});

test('Every named volume that a service mounts is declared', (t) => {
  const mounted = Object.values(services).flatMap(({volumes}) =>
    volumes.map((volume) => volume.split(':')[0] ?? ''),
  );
  const named = mounted.filter((source) => /^[a-z]+$/.test(source));
  t.deepEqual([...new Set(named)].toSorted(), Object.keys(compose.volumes).toSorted());
});

test('The image runs as an ordinary user, without what only the build needs', (t) => {
  const stages = read('deploy/Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  t.is(stages.length, 2);
  const [build = '', image = ''] = stages;
  t.regex(build, /^RUN npm ci$/m);
  t.regex(build, /npm prune --omit=dev/);
  t.notRegex(image, /npm (ci|install)/);
  const user = image.search(/^USER node$/m);
  t.true(user > 0 && user < image.indexOf('ENTRYPOINT'));
});

test('What the Dockerfile copies from the checkout is let into the build, and is there', (t) => {
  const [build = ''] = read('deploy/Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  const copied = [...build.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  const allowed = read('deploy/Dockerfile.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  t.deepEqual(copied.toSorted(), allowed.toSorted());
});
