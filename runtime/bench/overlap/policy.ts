/** A policy that answers as the demonstration's does and costs more: what the actors compute then outweighs the messages. */
import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readSafetensors, writeSafetensors} from '../../model/files/safetensors/safetensors.js';
import {packageRoot} from '../../paths.js';
import type {HostTensor} from '../../tensor/executor.js';

const demoFolder = join(packageRoot, 'runtime/demo/policy');

/** Writes the demonstration's policy with its feed-forward parts widened to so many units, none of which changes an answer. */
export const writeWidePolicy = async (folder: string, width: number): Promise<void> => {
  const config = JSON.parse(await readFile(join(demoFolder, 'config.json'), 'utf8')) as object;
  const tensors = await readSafetensors(join(demoFolder, 'model.safetensors'));
  await mkdir(folder);
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
    await copyFile(join(demoFolder, file), join(folder, file));
  await writeFile(join(folder, 'config.json'), JSON.stringify({...config, intermediate_size: width}));
  const wide = [...tensors].map(([name, tensor]) => [name, widened(name, tensor, width)] as const);
  await writeSafetensors(join(folder, 'model.safetensors'), wide);
};

/** Further units repeat those there are, and lead nowhere: their columns of the way out are 0. */
const widened = (name: string, tensor: HostTensor, width: number): HostTensor => {
  const [rows = 0, columns = 0] = tensor.shape;
  if (name.endsWith('mlp.down_proj.weight')) {
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++)
      data.set(tensor.data.subarray(row * columns, (row + 1) * columns), row * width);
    return {...tensor, shape: [rows, width], data};
  }
  if (/mlp\.(gate|up)_proj\.weight$/.test(name)) {
    const data = Float32Array.from(
      {length: width * columns},
      (_, place) => tensor.data[place % tensor.data.length] ?? 0,
    );
    return {...tensor, shape: [width, columns], data};
  }
  return tensor;
};
