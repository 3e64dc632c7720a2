/** The set-up scripts as tests see them: plain JavaScript beside the sources, which no build copies. */
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {packageRoot} from '../../../runtime/paths.js';

export const scriptPath = (name: string): string => join(packageRoot, 'runtime/setup', name);

/** A script's exports, of the type that the caller says they have. */
export const load = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(scriptPath(name)).href)) as T;
