/** What esbuild makes of the test files: each one by itself, and for each folder of `together.mjs` one that loads its files. */
import {join, relative} from 'node:path';
import {testFilesIn, togetherIn} from './together.mjs';

/**
 * Entry points, and the plugin that knows them and puts `declare.mjs` in the place of ava.
 *
 * @param {string} root of the checkout
 * @throws {Error} where a file and a folder of tests would be one file of the build
 */
export function testEntries(root) {
  const together = togetherIn(root);
  const files = testFilesIn(root).map((file) => ({in: file, out: file.replace(/\.ts$/, '')}));
  const folders = [...together.keys()].map((folder) => ({in: `together:${folder}`, out: `${folder}.test`}));
  const taken = folders.find(({out}) => files.some((file) => file.out === out));
  if (taken !== undefined) throw new Error(`${taken.out}.ts has the name of the folder beside it`);
  return {entryPoints: [...files, ...folders], plugins: [plugin(root, together)]};
}

const plugin = (root, together) => {
  const declare = join(root, 'runtime/setup/tests/declare.mjs');
  return {
    name: 'tests',
    setup(build) {
      build.onResolve({filter: /^ava$/}, ({importer}) =>
        importer === declare ? {path: 'ava', external: true} : {path: declare},
      );
      build.onResolve({filter: /^together:/}, ({path}) => ({
        path: path.slice('together:'.length),
        namespace: 'together',
      }));
      build.onLoad({filter: /.*/, namespace: 'together'}, ({path}) => ({
        contents: loading(declare, path, together.get(path)),
        resolveDir: root,
      }));
    },
  };
};

const loading = (declare, folder, files) => {
  const rows = files.map(
    (file) => `  ${JSON.stringify(nameIn(folder, file))}: () => import(${JSON.stringify(`./${file}`)}),\n`,
  );
  return `import {together} from ${JSON.stringify(declare)};\nawait together({\n${rows.join('')}});\n`;
};

/** As ava would say it. */
const nameIn = (folder, file) =>
  relative(folder, file)
    .replace(/\.test\.ts$/, '')
    .split(/[\\/]/)
    .join(' › ');
