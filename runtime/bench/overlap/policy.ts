/** A policy that answers as the demonstration's does and costs more: what the actors compute then outweighs the messages. */
import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {layerPrefix} from '../../model/parameters.js';
import {readSafetensors, writeSafetensors} from '../../model/safetensors.js';
import {packageRoot} from '../../paths.js';
import type {HostTensor} from '../../tensor/executor.js';

const demoFolder = join(packageRoot, 'runtime/demo/policy');
/** What leads out of a layer into the residual stream: with zeros there, a layer computes and adds nothing. */
const ways = ['self_attn.o_proj.weight', 'mlp.down_proj.weight'];

/** Writes the demonstration's policy with layers added that change nothing, to so many in all. */
export const writeDeepPolicy = async (folder: string, layers: number): Promise<void> => {
  const config = JSON.parse(await readFile(join(demoFolder, 'config.json'), 'utf8')) as {
    num_hidden_layers: number;
  };
  const tensors = await readSafetensors(join(demoFolder, 'model.safetensors'));
  await mkdir(folder);
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
    await copyFile(join(demoFolder, file), join(folder, file));
  await writeFile(join(folder, 'config.json'), JSON.stringify({...config, num_hidden_layers: layers}));
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    deepened(tensors, config.num_hidden_layers, layers),
  );
};

/** The tensors with layers `from` to `to - 1` added, copies of the others but for their ways out. */
export const deepened = (
  tensors: ReadonlyMap<string, HostTensor>,
  from: number,
  to: number,
): Map<string, HostTensor> => {
  const deep = new Map(tensors);
  for (let layer = from; layer < to; layer++) {
    const copied = `${layerPrefix(layer % from)}.`;
    for (const [name, tensor] of tensors) {
      if (!name.startsWith(copied)) continue;
      const part = name.slice(copied.length);
      const data = ways.includes(part) ? new Float32Array(tensor.data.length) : tensor.data;
      deep.set(`${layerPrefix(layer)}.${part}`, {...tensor, data});
    }
  }
  return deep;
};
