/** The demo teacher's key, for actors that are started elsewhere. */
import {join} from 'node:path';
import test from 'ava';
import {startTeacher, teacherKey} from '../../../runtime/command/teacher.js';
import {checkUp} from '../../../runtime/command/up/up-checks.js';
import {TerminalError} from '../../../runtime/errors.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {packageRoot} from '../../../runtime/paths.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const demo = join(packageRoot, 'runtime/fleet/demo.yaml');

test.beforeEach(() => {
  delete process.env.ANCHORAGE_TEACHER_KEY;
});

test.serial('the environment gives the key; one of blanks is none', (t) => {
  t.is(teacherKey({ANCHORAGE_TEACHER_KEY: ' word\n'}), 'word');
  t.is(teacherKey({ANCHORAGE_TEACHER_KEY: ' '}), undefined);
  t.is(teacherKey({}), undefined);
});

test.serial('a teacher answers whoever has the key of the environment, and nobody else', async (t) => {
  process.env.ANCHORAGE_TEACHER_KEY = 'word';
  const teacher = await startTeacher(await readFleet(demo), temporaryFolder(t));
  if (teacher === undefined) return t.fail('the demonstration has a teacher');
  t.teardown(() => teacher.stop());
  t.deepEqual(teacher.env, {ANCHORAGE_TEACHER_KEY: 'word'});
  const {teacher: endpoint} = teacher.fleet.endpoints;
  if (endpoint === undefined || !('baseUrl' in endpoint)) return t.fail('it has an address');
  t.is(endpoint.apiKeyEnv, 'ANCHORAGE_TEACHER_KEY');
  const statusWith = async (key: string): Promise<number> => {
    const headers = {authorization: `Bearer ${key}`};
    return (await fetch(`${endpoint.baseUrl}/models`, {headers})).status;
  };
  t.deepEqual([await statusWith('word'), await statusWith('other')], [200, 401]);
});

test.serial('without one, each fleet has a key of its own', async (t) => {
  const keyOf = async (): Promise<string | undefined> => {
    const teacher = await startTeacher(await readFleet(demo), temporaryFolder(t));
    await teacher?.stop();
    return teacher?.env.ANCHORAGE_TEACHER_KEY;
  };
  const keys = [await keyOf(), await keyOf()];
  t.regex(keys[0] ?? '', /^[0-9a-f]{32}$/);
  t.not(keys[0], keys[1]);
});

test.serial('actors that are started elsewhere need the key in the environment', async (t) => {
  const fleet = await readFleet(demo);
  const check = () => checkUp(fleet, {set: [], actors: false});
  await t.throwsAsync(check, {
    instanceOf: TerminalError,
    message:
      /^endpoints\.teacher: .* set ANCHORAGE_TEACHER_KEY to any word, here and for each `anchorage start reviser`/,
  });
  process.env.ANCHORAGE_TEACHER_KEY = 'word';
  await t.notThrowsAsync(check);
});
