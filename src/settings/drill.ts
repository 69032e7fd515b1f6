/** The text of a fault drill: `cold-start=10s,service=38ms,slow=1/4x3,crash=1/500`, or some of it. */
import type { Drill } from '../core/contracts/drill.ts';

const NO_FAULTS: Drill = { coldStartMs: 0, serviceMs: 0, slow: null, crashEvery: null };

/** Reads `cold-start=10s,service=38ms,slow=1/4x3,crash=1/500`, or some of it. Throws a SyntaxError that follows "not". */
export function parseDrill(text: string): Drill {
  const drill: Partial<Drill> = {};
  for (const part of text.split(',').map((raw) => raw.trim())) {
    const fault = parsePart(part);
    if (!fault) {
      throw new SyntaxError(
        `a drill: its part ${JSON.stringify(part)} is none of cold-start=TIME, service=TIME, slow=1/NxFACTOR and ` +
          'crash=1/N (TIME as in 10s or 500ms, N from 1, FACTOR from 1)',
      );
    }
    if (Object.keys(fault).some((name) => name in drill)) {
      throw new SyntaxError(`a drill: its part ${JSON.stringify(part)} says again what one before it said`);
    }
    Object.assign(drill, fault);
  }
  return { ...NO_FAULTS, ...drill };
}

function parsePart(part: string): Partial<Drill> | null {
  const [, name, value, unit] = /^(cold-start|service)=(\d+(?:\.\d+)?)(ms|s)$/.exec(part) ?? [];
  const ms = Number(value) * (unit === 's' ? 1000 : 1);
  if (name === 'cold-start') return { coldStartMs: ms };
  if (name === 'service') return { serviceMs: ms };
  const [, oneIn, factor] = /^slow=1\/([1-9]\d*)x([1-9]\d*(?:\.\d+)?)$/.exec(part) ?? [];
  if (oneIn) return { slow: { oneIn: Number(oneIn), factor: Number(factor) } };
  const [, crashEvery] = /^crash=1\/([1-9]\d*)$/.exec(part) ?? [];
  return crashEvery ? { crashEvery: Number(crashEvery) } : null;
}
