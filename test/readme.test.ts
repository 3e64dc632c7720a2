/** README and the pages that it leads to, held to what they tell of. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {actorNames, askingActors, changeable, isActorName} from '../runtime/actors.js';
import {ruleNames} from '../runtime/alerts/rules.js';
import {channels, type Party} from '../runtime/bus/channels/subjects.js';
import {datasets} from '../runtime/datasets.js';
import {fleetSchema} from '../runtime/fleet/file/schema.js';
import {isObjectiveName, objectives} from '../runtime/learning/objectives/objectives.js';
import {rejectionMeanings} from '../runtime/metrics/rejections.js';
import {packageRoot} from '../runtime/paths.js';

const page = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const readme = page('README.md');
const actorsPage = page('actors/README.md');
const busPage = page('runtime/bus/README.md');
const fleetPage = page('runtime/fleet/README.md');
const learningPage = page('runtime/learning/README.md');
const commandPage = page('runtime/command/README.md');
const contributing = page('CONTRIBUTING.md');

/** Every page of ours, by its path from the checkout's folder. */
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...['proto', 'runtime', 'actors', 'deploy'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), {recursive: true, encoding: 'utf8'})
      .filter((path) => path.endsWith('.md'))
      .map((path) => `${folder}/${path}`),
  ),
];

/** The rows of the table whose header is this one, as cells. */
function tableAfter(text: string, header: string): string[][] {
  const begin = text.indexOf(header);
  if (begin === -1) throw new Error(`no table ${header}`);
  const lines = text.slice(begin).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** A heading as GitHub makes an anchor of it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const channelsWith = (side: 'producers' | 'consumers', party: Party): string[] =>
  Object.entries(channels).flatMap(([name, channel]) =>
    (channel[side] as readonly Party[]).includes(party) ? [name] : [],
  );
const wordsOf = (cell: string | undefined): string[] => (cell ?? '').split(', ').toSorted();

test('The table of actors is the subjects file: what each reads and writes', (t) => {
  const rows = tableAfter(actorsPage, '| actor | reads | writes |');
  t.deepEqual(rows.map(([name]) => name).toSorted(), actorNames.toSorted());
  for (const [name = '', reads, writes] of rows) {
    if (!isActorName(name)) continue;
    t.deepEqual(wordsOf(reads), channelsWith('consumers', name).toSorted(), `${name} reads`);
    t.deepEqual(wordsOf(writes), channelsWith('producers', name).toSorted(), `${name} writes`);
  }
});

test('The table says of which actors a fleet may have more than one, as the schema does', (t) => {
  for (const [name = '', , , several = ''] of tableAfter(actorsPage, '| actor | reads | writes |')) {
    const shape = fleetSchema.shape.actors.shape;
    const schema = isActorName(name) ? shape[name] : undefined;
    const asking = askingActors.some((actor) => actor === name) ? {endpoint: 'teacher', model: 'any'} : {};
    t.is(schema?.safeParse({...asking, count: 2}).success ? 'yes' : 'no', several, name);
  }
});

test('The table of datasets is the table in the code: who decides, and by which equation', (t) => {
  const rows = tableAfter(actorsPage, '| dataset | the chosen answer is |');
  const told = rows.map(([name, , ...rest]) => [name, ...rest]);
  t.deepEqual(
    told,
    Object.entries(datasets).map(([name, {decider, equation}]) => [`\`${name}\``, decider, equation]),
  );
});

test('The table of what may change while a run goes on is the table of actors', (t) => {
  const told = tableAfter(fleetPage, '| key | who works by it |').flatMap(([keys = '', actor]) =>
    keys.split(', ').map((key) => `${key.replaceAll('`', '')} ${actor}`),
  );
  t.deepEqual(
    told,
    changeable.map(({key, actor}) => `${key} ${actor}`),
  );
});

test('The sentences on queues and logs name the channels of each kind', (t) => {
  const [, between = ''] = /^The names are streams\. ([\s\S]*?)`anchorage up`/m.exec(busPage) ?? [];
  const [queues = '', logs = ''] = between.split('are bounded queues');
  const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).toSorted();
  const ofKind = (kind: string) =>
    Object.entries(channels).flatMap(([name, channel]) => (channel.kind === kind ? [name] : []));
  t.deepEqual(named(queues), ofKind('queue').toSorted());
  t.deepEqual(named(logs), ofKind('log').toSorted());
});

test('The fleets that README and its pages show are valid', (t) => {
  for (const text of [readme, fleetPage]) {
    const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
    const [whole, ...parts] = blocks.map((yaml): object => parse(yaml));
    t.notThrows(() => fleetSchema.parse(whole));
    // A part of a fleet stands in the place of what the whole one has.
    for (const part of parts) t.notThrows(() => fleetSchema.parse({...whole, ...part}));
  }
});

test('README is a door: ten thousand bytes at most, and it leads to every page', (t) => {
  t.true(Buffer.byteLength(readme) <= 10_000);
  const links = new Set([...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path));
  t.deepEqual(
    pages.filter((path) => path !== 'README.md' && !path.includes('decisions/') && !links.has(path)),
    [],
  );
});

test('Every reason of a rejection is explained, and no other', (t) => {
  const explained = tableAfter(commandPage, '| reason | it means that |').map(([reason = '']) =>
    reason.replaceAll('`', ''),
  );
  const reasons = Object.keys(rejectionMeanings).filter((reason) => reason !== 'unspecified');
  t.deepEqual(explained.toSorted(), reasons.toSorted());
});

test('The objectives that the page explains are there, with the words of their files', (t) => {
  const rows = tableAfter(learningPage, '| name | | from |');
  t.is(rows.length, 5);
  for (const [name = '', about, source] of rows.map((cells) =>
    cells.map((cell) => cell.replaceAll('`', '')),
  )) {
    if (!isObjectiveName(name)) t.fail(name);
    else t.deepEqual([about, source], [objectives[name].about, objectives[name].source]);
  }
});

test('Every command is explained, and every command explained has its file', (t) => {
  const explained = new Set(
    [...commandPage.matchAll(/^\| `anchorage (\w+)/gm)].map(([, name]) => name ?? ''),
  );
  t.deepEqual([...explained].toSorted(), [
    'checkpoint',
    'compare',
    'data',
    'doctor',
    'eval',
    'generate',
    'grid',
    'logps',
    'merge',
    'objective',
    'pause',
    'push',
    'replay',
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

test('Every file and heading that a page links to is there', (t) => {
  const links = pages.flatMap((from) =>
    [...page(from).matchAll(/\]\(((?!https?:)[^)#]*)(?:#([^)]+))?\)/g)].map(([, path = '', anchor]) => ({
      from,
      to: path === '' ? from : join(dirname(from), path),
      anchor,
    })),
  );
  t.true(links.length > 0);
  const broken = links.filter(({to, anchor}) => {
    if (!existsSync(join(packageRoot, to))) return true;
    if (anchor === undefined) return false;
    if (!statSync(join(packageRoot, to)).isFile()) return true;
    return ![...page(to).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor);
  });
  t.deepEqual(broken, []);
});

test('Every folder of runtime is in the layout', (t) => {
  const folders = readdirSync(join(packageRoot, 'runtime'), {withFileTypes: true}).filter((each) =>
    each.isDirectory(),
  );
  for (const {name: folder} of folders) t.true(contributing.includes(` ${folder}/ `), folder);
});

test('Every sign of reward hacking is in the table, in its order', (t) => {
  const told = tableAfter(fleetPage, '| sign | it is seen when |').map(([name = '']) =>
    name.replaceAll('`', ''),
  );
  t.deepEqual(told, ruleNames);
});
