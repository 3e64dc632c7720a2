/** `ava` for test files, alone or together with others (`together.mjs`): built into them in the place of the package. */
import ava, {registerCompletionHandler} from 'ava';

export {registerCompletionHandler};

/** What stands before the titles of the file that declares its tests: nothing where it is alone. */
let before = '';
/** Of the files so far. ava begins with the first that it is told of, and takes none later. */
const tests = [];

const titled =
  (declare) =>
  (title, ...rest) => {
    if (typeof title !== 'string')
      throw new Error(`${before}: a test that runs with others has its title first`);
    const whole = before + title;
    tests.push(() => declare(whole, ...rest));
  };

/** One after the other: a test that computes would only be in the way of the next. */
const serial = Object.assign(titled(ava.serial), {
  skip: titled(ava.serial.skip),
  todo: titled(ava.todo),
  failing: titled(ava.serial.failing),
  only: titled(ava.serial.only),
  macro: ava.macro,
  meta: ava.meta,
});

/** Hooks and an order are a whole process's: what asks for them has one (`together.mjs`). */
const declared = (...args) => (before === '' ? ava(...args) : serial(...args));

export default new Proxy(declared, {
  get(_, name) {
    if (before === '') return ava[name];
    if (!(name in serial)) throw new Error(`${before}: test.${String(name)} needs a process of its own`);
    return serial[name];
  },
});

/**
 * Declares the tests of files that are run together.
 *
 * @param {Record<string, () => Promise<unknown>>} files under their names below the folder, with the folders between: `graph › record`
 */
export async function together(files) {
  for (const [name, load] of Object.entries(files)) {
    before = `${name} › `;
    await load();
  }
  before = '';
  for (const declare of tests) declare();
}
