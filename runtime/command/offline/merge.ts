/** `anchorage merge`: a model and its adapter as one model. */
import {Command, Option} from 'commander';
import {loadAdapter, mergeTensor} from '../../model/files/adapter.js';
import {readModelConfig} from '../../model/files/config.js';
import {findModel} from '../../model/files/find-model.js';
import {requireNewFolder} from '../../model/files/folder.js';
import {saveCheckpoint} from '../../model/files/model-checkpoint.js';
import {parameterShapes} from '../../model/files/parameters.js';
import type {LazyTensor, WeightsDtype} from '../../model/files/safetensors/safetensors.js';
import {openWeights} from '../../model/files/weights.js';
import {tryModelText} from '../../model/trial/trial.js';
import {say} from '../../output.js';

interface MergeOptions {
  readonly model: string;
  readonly adapter: string;
  readonly out: string;
  readonly dtype: WeightsDtype;
}

const DTYPES = ['float32', 'bfloat16', 'float16'] as const satisfies readonly WeightsDtype[];

export const mergeCommand = (): Command =>
  new Command('merge')
    .requiredOption(
      '--model <folder>',
      'the model that was adapted: a Hugging Face folder, or its name on the Hub',
    )
    .requiredOption('--adapter <folder>', 'the adapter: a PEFT folder, or its name on the Hub')
    .requiredOption('--out <folder>', 'the Hugging Face folder to write; there must be none yet')
    .addOption(
      new Option('--dtype <type>', 'what the weights are stored as').choices(DTYPES).default('float32'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  anchorage merge --model models/base --adapter runs/lora --out models/aligned --dtype bfloat16',
    )
    .action(async (options: MergeOptions) => {
      await merge(options);
      say(`written: ${options.out} (${options.dtype})`);
    });

/** Tensor by tensor, so that a model needs little more memory than its largest matrix. */
async function merge(options: MergeOptions): Promise<void> {
  const {out, dtype} = options;
  await requireNewFolder(out);
  const model = await findModel(options.model);
  const adapterFolder = await findModel(options.adapter, 'adapter');
  const config = await readModelConfig(model);
  // Its template is only copied: whoever renders it tries it.
  await tryModelText(model, {format: 'plain'});
  const adapter = await loadAdapter(adapterFolder, config);
  const weights = await openWeights(model, config);
  try {
    const merged = [...parameterShapes(config)].map(([name, shape]): [string, LazyTensor] => {
      const load = async () => mergeTensor(name, await weights.read(name), adapter);
      return [name, {shape, dtype: 'float32', load}];
    });
    await saveCheckpoint(out, {directory: model, config}, new Map(merged), {dtype});
  } finally {
    await weights.close();
  }
}
