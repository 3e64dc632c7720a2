import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {actorNames, askingActors, changeable, isActorName} from '../runtime/actors.js';
import {channels, type Party} from '../runtime/bus/channels/subjects.js';
import {fleetSchema} from '../runtime/fleet/file/schema.js';
import {objectiveNames, settingSpecsOf} from '../runtime/learning/objectives/objectives.js';
import {rejectionMeanings} from '../runtime/metrics/rejections.js';
import {packageRoot} from '../runtime/paths.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

/** The rows of the table whose header is this one, as cells. */
function tableAfter(header: string): string[][] {
  const lines = readme.slice(readme.indexOf(header)).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const channelsWith = (side: 'producers' | 'consumers', party: Party): string[] =>
  Object.entries(channels).flatMap(([name, channel]) =>
    (channel[side] as readonly Party[]).includes(party) ? [name] : [],
  );
const wordsOf = (cell: string | undefined): string[] => (cell ?? '').split(', ').toSorted();

test('The table of actors is the subjects file: what each reads and writes', (t) => {
  const rows = tableAfter('| actor | reads | writes |');
  t.deepEqual(rows.map(([name]) => name).toSorted(), actorNames.toSorted());
  for (const [name = '', reads, writes] of rows) {
    if (!isActorName(name)) continue;
    t.deepEqual(wordsOf(reads), channelsWith('consumers', name).toSorted(), `${name} reads`);
    t.deepEqual(wordsOf(writes), channelsWith('producers', name).toSorted(), `${name} writes`);
  }
});

test('The table says of which actors a fleet may have more than one, as the schema does', (t) => {
  for (const [name = '', , , several = ''] of tableAfter('| actor | reads | writes |')) {
    const shape = fleetSchema.shape.actors.shape;
    const schema = isActorName(name) ? shape[name] : undefined;
    const asking = askingActors.some((actor) => actor === name) ? {endpoint: 'teacher', model: 'any'} : {};
    t.is(schema?.safeParse({...asking, count: 2}).success ? 'yes' : 'no', several, name);
  }
});

test('The table of what may change while a run goes on is the table of actors', (t) => {
  const told = tableAfter('| key | who works by it |').flatMap(([keys = '', actor]) =>
    keys.split(', ').map((key) => `${key.replaceAll('`', '')} ${actor}`),
  );
  t.deepEqual(
    told,
    changeable.map(({key, actor}) => `${key} ${actor}`),
  );
});

test('The sentences on queues and logs name the channels of each kind', (t) => {
  const [, between = ''] = /^The names are streams\. ([\s\S]*?)`anchorage up`/m.exec(readme) ?? [];
  const [queues = '', logs = ''] = between.split('are bounded queues');
  const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).toSorted();
  const ofKind = (kind: string) =>
    Object.entries(channels).flatMap(([name, channel]) => (channel.kind === kind ? [name] : []));
  t.deepEqual(named(queues), ofKind('queue').toSorted());
  t.deepEqual(named(logs), ofKind('log').toSorted());
});

test('The fleet that the README shows is valid', (t) => {
  const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
  t.is(blocks.length, 1);
  for (const yaml of blocks) t.notThrows(() => fleetSchema.parse(parse(yaml)));
});

test('Every reason of a rejection is explained, and no other', (t) => {
  const explained = tableAfter('| reason | it means that |').map(([reason = '']) =>
    reason.replaceAll('`', ''),
  );
  const reasons = Object.keys(rejectionMeanings).filter((reason) => reason !== 'unspecified');
  t.deepEqual(explained.toSorted(), reasons.toSorted());
});

test('Every objective is explained, and no other', (t) => {
  const rows = tableAfter('| name | | from |');
  const explained = rows.flatMap(([names = '']) => names.replaceAll('`', '').split(', '));
  t.deepEqual(explained.toSorted(), objectiveNames.toSorted());
  const settings = new Set(objectiveNames.flatMap((name) => [...settingSpecsOf(name).keys()]));
  for (const setting of settings)
    t.true(
      rows.some(([, what]) => what?.includes(setting)),
      setting,
    );
});

test('Every command is explained, and every command explained has its file', (t) => {
  const explained = new Set([...readme.matchAll(/^\| `anchorage (\w+)/gm)].map(([, name]) => name ?? ''));
  t.deepEqual([...explained].toSorted(), [
    'checkpoint',
    'doctor',
    'generate',
    'logps',
    'merge',
    'objective',
    'pause',
    'report',
    'resume',
    'rm',
    'scale',
    'start',
    'status',
    'stop',
    'train',
    'up',
    'watch',
  ]);
  const files = readdirSync(join(packageRoot, 'runtime/command'), {recursive: true, encoding: 'utf8'});
  for (const name of explained)
    t.true(
      files.some((file) => basename(file) === `${name}.ts`),
      name,
    );
});

test('Every file that the README links to is there', (t) => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
  t.true(links.length > 0);
  t.deepEqual(
    links.filter((path) => !existsSync(join(packageRoot, path))),
    [],
  );
});

test('Every folder of runtime is in the layout', (t) => {
  const layout = readme.slice(readme.indexOf('## Layout'));
  const folders = readdirSync(join(packageRoot, 'runtime'), {withFileTypes: true}).filter((each) =>
    each.isDirectory(),
  );
  for (const {name: folder} of folders) {
    t.true(layout.includes(`${folder}/`), folder);
  }
});
