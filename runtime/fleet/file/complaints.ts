/** What is wrong with a fleet's file, in lines for a person: where it stands, what it is, what to write instead. */
import * as z from 'zod';
import {nearest} from '../../text/nearest.js';
import {redacted} from '../../text/redact.js';

export type Path = readonly PropertyKey[];

/** One thing that is wrong, at one key. */
export interface Complaint {
  readonly path: Path;
  /** Without the key; such as `unknown key; did you mean beta?`. */
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** The complaints in what zod found. */
export const complaintsOf = (issues: readonly Issue[], schema: z.core.$ZodType, data: unknown): Complaint[] =>
  issues.flatMap((issue): Complaint[] => {
    const {path} = issue;
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path, valueAt(data, path));
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key; ${suggestion(key, known)}`,
      }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // The variant that was meant is the one with the least to complain of, and none for what is another kind of value.
      const [nearest = []] = [...issue.errors].sort(
        (one, other) => Number(isOtherKind(one)) - Number(isOtherKind(other)) || one.length - other.length,
      );
      return complaintsOf(nearest, variantAt(schema, path), valueAt(data, path)).map((complaint) => ({
        ...complaint,
        path: [...path, ...complaint.path],
      }));
    }
    if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
      return [{path, message: valueMessage(valueAt(data, path), literalsAt(schema, path))}];
    }
    return [{path, message: messageFor(issue, valueAt(data, path))}];
  });

const isOtherKind = (issues: readonly Issue[]): boolean =>
  issues.some(({code, path}) => code === 'invalid_type' && path.length === 0);

const messageFor = (issue: Issue, value: unknown): string => {
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? `missing; ${kinds[issue.expected] ?? issue.expected}`
        : notA(value, issue.expected);
    case 'invalid_value':
      return valueMessage(value, issue.values.map(String));
    case 'too_small':
      if (typeof value === 'string') return 'must not be empty';
      return `${shown(value)} is too small; ${issue.inclusive ? 'at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `${shown(value)} is too large; ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_format':
      if (issue.format === 'url')
        return `${shown(value)} is not an address such as https://api.openai.com/v1`;
      return `${shown(value)}: ${issue.message}`;
    case 'invalid_key':
      return 'not a name: a small letter, then small letters, digits, - and _';
    default:
      return issue.message;
  }
};

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
};
const notA = (value: unknown, expected: string): string =>
  `${shown(value)} is not ${kinds[expected] ?? expected}`;

const valueMessage = (value: unknown, allowed: readonly string[]): string => {
  const choice = allowed.length === 1 ? `must be ${allowed[0]}` : `one of ${allowed.join(', ')}`;
  return value === undefined ? `missing; ${choice}` : `unknown value ${shown(value)}; ${choice}`;
};

const suggestion = (key: string, known: readonly string[]): string => {
  if (known.length === 0) return 'nothing is expected here';
  const near = nearest(key, known);
  return near === undefined ? `known keys: ${known.join(', ')}` : `did you mean ${near}?`;
};

/** Without the password of an address, half of which would not be known for one. */
const shown = (value: unknown): string => {
  const text = redacted(JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** What stands at a path of plain data. */
export const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object') return undefined;
    return (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }, data);

/** A schema without its defaults and optional marks; a union as its variants. */
const variants = (schema: unknown): unknown[] => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return variants(schema.unwrap());
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(variants);
  return [schema];
};

const schemasAt = (schema: unknown, path: Path): unknown[] =>
  path.reduce<unknown[]>(
    (schemas, key) =>
      schemas.flatMap((each) => {
        if (each instanceof z.ZodObject) return variants((each.shape as Record<PropertyKey, unknown>)[key]);
        if (each instanceof z.ZodArray) return variants(each.element);
        return each instanceof z.ZodRecord ? variants(each.valueType) : [];
      }),
    variants(schema),
  );

/** Of several maps that may stand there, such as suites, those of the one that the value says it is. */
const keysAt = (schema: unknown, path: Path, value: unknown): string[] => {
  const maps = schemasAt(schema, path).filter((each) => each instanceof z.ZodObject);
  const meant = maps.filter(({shape}) =>
    Object.entries(shape).every(
      ([key, each]) => !(each instanceof z.ZodLiteral) || each.safeParse(valueAt(value, [key])).success,
    ),
  );
  return [...new Set((meant.length > 0 ? meant : maps).flatMap(({shape}) => Object.keys(shape)))];
};

const variantAt = (schema: unknown, path: Path): z.core.$ZodType => {
  const found = schemasAt(schema, path).filter((each) => each instanceof z.ZodType);
  return found.length > 0 ? z.union(found) : z.unknown();
};

const literalsAt = (schema: unknown, path: Path): string[] =>
  schemasAt(schema, path).flatMap((each) =>
    each instanceof z.ZodLiteral ? [...each.values].map(String) : [],
  );
