/**
 * Which versions of Node run this package: those of `engines.node` in package.json. The same rule and line as in
 * runtime/setup/node-version.mjs, which runs before there is a build and is not part of it; a test holds them together.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from '../paths.js';

/** One line for a person where `version`, such as `20.19.0`, is not supported; undefined where it is. */
export const unsupportedNode = (version: string, range: string = enginesNode()): string | undefined => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = range.split('||').some((part) => {
    const [, kind, from, least = '0'] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?/.exec(part) ?? [];
    const fromMajor = Number(from);
    if (major === fromMajor) return minor >= Number(least);
    return kind === '>=' && major > fromMajor;
  });
  return supported
    ? undefined
    : `Node ${version} is not supported: Anchorage runs on ${range}; install Node 24 from https://nodejs.org`;
};

const enginesNode = (): string => {
  const {engines} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    engines: {node: string};
  };
  return engines.node;
};
