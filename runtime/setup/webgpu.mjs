/**
 * `npm run webgpu`: the exactness suite on ONNX Runtime's WebGPU provider. On a software Vulkan device, SwiftShader,
 * fetched through npm into .cache/ and not a dependency; with `-- --hardware`, on this machine's own GPU.
 */
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {brotliDecompressSync} from 'node:zlib';
import {requireSupportedNode} from './node-version.mjs';
import {packageJson, root} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {run} = await import('./child.mjs');
const {install} = await import('./install.mjs');
const {compileIfStale} = await import('./compile.mjs');

/** Chromium for servers (MIT licence), which brings SwiftShader and a Vulkan loader along (both Apache 2.0). */
const PACKAGE = '@sparticuz/chromium@153.0.0';
const SUITE = 'dist/test/runtime/tensor/onnx/webgpu.test.js';

const isSoftware = !process.argv.includes('--hardware');
const cache = join(root, '.cache');
const device = join(cache, 'swiftshader-153.0.0');

try {
  checkArguments();
  process.exitCode = (await install()) || (await compileIfStale()) || (await prepare()) || (await test());
} catch (error) {
  console.error(`npm run webgpu: ${error.message}`);
  process.exitCode = 1;
}

function checkArguments() {
  const unknown = process.argv.slice(2).find((argument) => argument !== '--hardware');
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is no option; there is --hardware, for this machine's own GPU`);
}

/** Resolves to 0, as an exit code. */
async function prepare() {
  if (!isSoftware || existsSync(join(device, 'libvulkan.so.1'))) return 0;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('the software device is for Linux on x64; on a GPU: npm run webgpu -- --hardware');
  console.log(`Fetching SwiftShader (npm pack ${PACKAGE}, 70 MB once) ...`);
  mkdirSync(cache, {recursive: true});
  const draft = mkdtempSync(join(cache, 'partial-'));
  try {
    const packed = await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', draft]);
    if (packed !== 0) throw new Error(`npm could not fetch ${PACKAGE}; its message is above`);
    const archive = join(draft, `sparticuz-chromium-${PACKAGE.split('@').at(-1)}.tgz`);
    const compressed = 'package/bin/swiftshader.tar.br';
    await untar(['-xzf', archive, '-C', draft, compressed]);
    writeFileSync(
      join(draft, 'swiftshader.tar'),
      brotliDecompressSync(readFileSync(join(draft, compressed))),
    );
    const unpacked = join(draft, 'unpacked');
    mkdirSync(unpacked);
    await untar(['-xf', join(draft, 'swiftshader.tar'), '-C', unpacked]);
    rmSync(device, {recursive: true, force: true});
    renameSync(unpacked, device);
  } finally {
    rmSync(draft, {recursive: true, force: true});
  }
  return 0;
}

async function untar(args) {
  if ((await run('tar', args)) !== 0)
    throw new Error('tar could not unpack SwiftShader; its message is above');
}

function test() {
  const ava = join(root, 'node_modules/ava/entrypoints/cli.mjs');
  const vulkan = {
    VK_ICD_FILENAMES: join(device, 'vk_swiftshader_icd.json'),
    // The loader that came with it: a machine without a GPU has none.
    LD_LIBRARY_PATH: [device, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
  const env = {ANCHORAGE_WEBGPU: '1', ...(isSoftware ? vulkan : {})};
  return run(process.execPath, [ava, '--timeout=15m', SUITE], {env});
}
