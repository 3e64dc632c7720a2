/** What transformers makes of chat templates: test/fixtures/chat-templates, whose make.py wrote it. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {packageRoot} from '../../runtime/paths.js';

/** A file of the fixture. */
export const readTemplateFixture = (name: string): Promise<string> =>
  readFile(join(packageRoot, 'test/fixtures/chat-templates', name), 'utf8');

/** The time at which make.py renders. */
export const renderedAt = (): Date => new Date(2024, 1, 9, 13, 5, 7, 45);
