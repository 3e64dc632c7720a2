/** The card of a model or an adapter. Pure. */
import type {License} from '../../hub/license.js';
import {cardText, factTable} from './card.js';
import type {Made} from './made.js';

export interface ModelCard {
  /** `ORG/NAME`. */
  readonly repository: string;
  readonly isAdapter: boolean;
  readonly made: Made;
  /** Of the base model, as its own card has it. */
  readonly license: License | undefined;
  /** Such as `Anchorage 0.1.0`. */
  readonly versions: string;
}

const ANCHORAGE_TAG = 'anchorage';

export const modelCard = ({repository, isAdapter, made, license = {}, versions}: ModelCard): string => {
  const {base, baseCommit, datasets, tags, facts, scores} = made;
  const front = {
    base_model: base,
    library_name: isAdapter ? 'peft' : 'transformers',
    pipeline_tag: 'text-generation',
    ...license,
    datasets,
    tags: [
      ANCHORAGE_TAG,
      ...(isAdapter ? ['lora'] : []),
      ...(tags.some((tag) => tag.startsWith('apo_')) ? ['apo'] : []),
      ...tags,
    ],
  };
  const what = isAdapter ? 'A LoRA adapter' : 'A model';
  const of =
    base === undefined ? '' : ` of \`${base}\`${baseCommit === undefined ? '' : ` at commit ${baseCommit}`}`;
  const parts = [
    `# ${repository.split('/')[1]}`,
    // Of a folder that says nothing, nothing is claimed.
    `${what}${of}, ${facts.length === 0 ? 'pushed' : 'trained on preference pairs'} with Anchorage.`,
    '## How it was made',
    factTable([...facts, ['Versions', versions]]),
    ...(scores.length === 0 ? [] : ['## Scores', factTable(scores)]),
    '## Use',
    use(repository, isAdapter, base),
  ];
  return cardText(front, parts.join('\n\n'));
};

const use = (repository: string, isAdapter: boolean, base: string | undefined): string => {
  const lines = isAdapter
    ? [
        'from peft import PeftModel',
        'from transformers import AutoModelForCausalLM, AutoTokenizer',
        '',
        `base = AutoModelForCausalLM.from_pretrained(${JSON.stringify(base ?? 'THE BASE MODEL')})`,
        `model = PeftModel.from_pretrained(base, ${JSON.stringify(repository)})`,
        `tokenizer = AutoTokenizer.from_pretrained(${JSON.stringify(base ?? 'THE BASE MODEL')})`,
      ]
    : [
        'from transformers import AutoModelForCausalLM, AutoTokenizer',
        '',
        `model = AutoModelForCausalLM.from_pretrained(${JSON.stringify(repository)})`,
        `tokenizer = AutoTokenizer.from_pretrained(${JSON.stringify(repository)})`,
      ];
  return ['```python', ...lines, '```'].join('\n');
};
