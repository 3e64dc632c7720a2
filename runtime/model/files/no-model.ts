/** What helps who gave a model that is none: an adapter, or the path of nothing. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** What to do where a folder has no config.json, for the end of a sentence. */
export const modelRemedy = (directory: string): string => {
  if (!existsSync(join(directory, 'adapter_config.json')))
    return 'give a Hugging Face folder with config.json, tokenizer.json and model.safetensors, or the name of a model on the Hub, ORG/NAME';
  const base = baseOf(join(directory, 'adapter_config.json'));
  const model = base === undefined ? "its model's folder" : `its model, ${base},`;
  return `this is a LoRA adapter: give ${model} and the adapter with --adapter where that is an option, or add it first: anchorage merge --model MODEL --adapter ${directory} --out merged`;
};

const baseOf = (path: string): string | undefined => {
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const base =
      config !== null && typeof config === 'object' && 'base_model_name_or_path' in config
        ? config.base_model_name_or_path
        : undefined;
    return typeof base === 'string' && base !== '' ? base : undefined;
  } catch {
    // What is wrong with it is said where it is read.
    return undefined;
  }
};
