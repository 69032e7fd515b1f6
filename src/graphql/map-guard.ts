/**
 * graphql-upload-minimal follows the paths of a client's `map` into the operation without asking whose property it finds
 * there: `toString.call` would lead it to a function that the whole process shares, and overwrite it. So it gets to see
 * only paths that end in a variable, or in a variable's list.
 */
import type { IncomingMessage } from 'node:http';

const VARIABLE = /^variables\.([A-Za-z_]\w*)(\.\d+)?$/;

type OnField = (name: string, value: string, info: unknown) => void;

/** To be called before the request is given to the multipart parser. */
export function guardMap(request: IncomingMessage): void {
  const pipe = request.pipe.bind(request);
  request.pipe = (parser, options) => {
    const listeners = parser.listeners('field') as OnField[];
    parser.removeAllListeners('field').on('field', (name: string, value: string, info: unknown) => {
      for (const onField of listeners) onField(name, name === 'map' ? withoutForeignPaths(value) : value, info);
    });
    return pipe(parser, options);
  };
}

/** In place of a path that leads elsewhere stands null, which the parser refuses by itself. */
function withoutForeignPaths(map: string): string {
  try {
    return JSON.stringify(
      JSON.parse(map, (_key, value) => (typeof value === 'string' && !leadsToVariable(value) ? null : value)),
    );
  } catch {
    return map;
  }
}

function leadsToVariable(path: string): boolean {
  const name = VARIABLE.exec(path)?.[1];
  return name !== undefined && !(name in Object.prototype);
}
