/** `ava` for test files, alone or together with others (`together.mjs`): built into them in the place of the package. */
import ava, {registerCompletionHandler} from 'ava';

export {registerCompletionHandler};

/** The file that declares its tests, where it is one of several: what stands before its titles, its tests and its hooks. */
let file;

const titled =
  (declare, isRun = true) =>
  (title, body, ...args) => {
    if (typeof title !== 'string' || (isRun && typeof body !== 'function'))
      throw new Error(`${file.name}: a test that runs with others has a title and a function`);
    file.tests.push({
      declare,
      title: `${file.name} › ${title}`,
      body: isRun ? awake(body) : body,
      args,
      isRun,
    });
  };

/** A test that waits for a timer which holds no process is not the end of the process: no other test runs beside it. */
const awake =
  (body) =>
  async (...given) => {
    const holding = setInterval(() => undefined, 60_000);
    try {
      return await body(...given);
    } finally {
      clearInterval(holding);
    }
  };

/** One after the other: a test that computes would only be in the way of the next. */
const serial = Object.assign(titled(ava.serial), {
  skip: titled(ava.serial.skip, false),
  todo: titled(ava.todo, false),
  failing: titled(ava.serial.failing),
  only: titled(ava.serial.only),
  meta: ava.meta,
  before: (hook) => file.before.push(hook),
  after: {always: (hook) => file.after.push(hook)},
});

const declared = (...args) => (file === undefined ? ava(...args) : serial(...args));

export default new Proxy(declared, {
  get(_, name) {
    if (file === undefined) return ava[name];
    if (!(name in serial)) throw new Error(`${file.name}: test.${String(name)} needs a process of its own`);
    return serial[name];
  },
});

/**
 * Declares the tests of files that are run together. A file's `before` hooks run with its first test, its `after.always` hooks
 * when the teardowns of its last one are over.
 *
 * @param {Record<string, () => Promise<unknown>>} files under their names below the folder, with the folders between: `graph › record`
 */
export async function together(files) {
  const all = [];
  for (const [name, load] of Object.entries(files)) {
    file = {name, tests: [], before: [], after: []};
    await load();
    all.push(file);
  }
  file = undefined;
  // ava begins with the first that it is told of, and takes none later.
  for (const {declare, title, body, args} of all.flatMap(withHooks)) declare(title, body, ...args);
}

const withHooks = ({tests, before, after}) => {
  if (before.length + after.length === 0) return tests;
  const last = tests.findLast(({isRun}) => isRun);
  let ready;
  const body =
    (of) =>
    async (t, ...args) => {
      // Teardowns go backwards.
      if (of === last) t.teardown(() => inTurn(after));
      ready ??= inTurn(before);
      await ready;
      return of.body(t, ...args);
    };
  return tests.map((each) => (each.isRun ? {...each, body: body(each)} : each));
};

const inTurn = async (hooks) => {
  for (const hook of hooks) await hook();
};
