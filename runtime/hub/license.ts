/** The licence of a model on the Hub, as its card says. */
import {modelInfo} from '@huggingface/hub';
import * as z from 'zod';
import type {Hub} from './hub.js';
import {hubFetch} from './requests.js';

const licenseSchema = z.object({
  license: z.string().optional(),
  license_name: z.string().optional(),
  license_link: z.string().optional(),
});
export type License = z.infer<typeof licenseSchema>;

/** Undefined where it is not known, or cannot be asked for. */
export const licenseOf = async (hub: Hub, repository: string): Promise<License | undefined> => {
  try {
    const {cardData} = await modelInfo({
      name: repository,
      additionalFields: ['cardData'],
      hubUrl: hub.endpoint,
      fetch: hubFetch(hub),
    });
    return licenseSchema.parse(cardData);
  } catch {
    // A model that nobody may see, or that was removed, has none that could be said.
    return undefined;
  }
};
