/** Reads one JSON file of a model repository. Every complaint names the file, the value and what it should be. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { UserError } from '../core/contracts/user-error.ts';

/** The model repository cannot be served as it is. An error at start, for whoever runs the gateway; never a client's. */
export class ModelRepositoryError extends UserError {}

export async function readJson<T>(file: string, schema: z.ZodType<T>, example: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ModelRepositoryError(`${file} cannot be read (${error.code}); ${example}`, { cause: error });
  });
  const json = parse(file, text, example);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new ModelRepositoryError(`${file}: ${result.error.issues.map((issue) => complaint(issue, json)).join('; ')}`);
}

function parse(file: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelRepositoryError(`${file} is not JSON: ${(error as Error).message}; ${example}`, { cause: error });
  }
}

function complaint(issue: z.core.$ZodIssue, json: unknown): string {
  const path = issue.path.map(String).join('.') || 'the file';
  if (issue.code === 'unrecognized_keys')
    return `${path} has ${quote(issue.keys.join(', '))}, which has no meaning there`;
  // Zod opens its own messages with "Invalid input: expected …" or the like; ours say only what is expected.
  const expected = issue.message.replace(/^[^:]*: expected /, '');
  return `${path} is ${quote(valueAt(json, issue.path))}, expected ${expected}`;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], json);
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
