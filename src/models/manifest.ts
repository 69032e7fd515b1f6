/** A model version: what its manifest.json says, checked. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest in lower-case hexadecimal');
const relativePath = z
  .string()
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'a path inside the version folder');
const channels = z.tuple([z.number(), z.number(), z.number()]);
const positiveChannels = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
/** A model's name, a version or an alias. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dots, dashes and underscores');

export const manifestSchema = z.strictObject({
  name: identifier,
  version: identifier,
  input: z.strictObject({
    /** Pixels. */
    width: z.int().positive().max(4096),
    height: z.int().positive().max(4096),
    layout: z.enum(['NHWC', 'NCHW']),
    /** What a byte 0..255 is mapped to, linearly. */
    range: z.tuple([z.number(), z.number()]),
    /** Per channel RGB, after `range`: (x − mean) / std. */
    mean: channels.default([0, 0, 0]),
    std: positiveChannels.default([1, 1, 1]),
    /** fill: squash; cover: crop to fit; contain: pad with black. */
    resize: z.enum(['fill', 'cover', 'contain']),
  }),
  output: z.strictObject({
    labels: z.array(z.string().min(1)).min(1),
    /** Applied to the engine's output to get probabilities. */
    activation: z.enum(['none', 'softmax', 'sigmoid']),
  }),
  artifacts: z
    .strictObject({
      onnx: z.strictObject({ path: relativePath, sha256 }).optional(),
      tfjs: z
        .strictObject({
          path: relativePath,
          format: z.enum(['layers', 'graph']),
          sha256,
          weights: z.record(relativePath, sha256),
        })
        .optional(),
      /** No file: the deterministic stand-in for tests, see engine/synthetic.ts. */
      synthetic: z
        .strictObject({
          serviceMs: z.number().nonnegative().default(0),
          coldStartMs: z.number().nonnegative().default(0),
          /** What to do on a black picture (hang) and on a white one (crash). */
          faults: z.boolean().default(false),
          failLoad: z.boolean().default(false),
        })
        .optional(),
    })
    .refine((artifacts) => Object.keys(artifacts).length > 0, 'at least one artifact'),
});

export type Manifest = z.output<typeof manifestSchema>;
export type InputSpec = Manifest['input'];
export type OutputSpec = Manifest['output'];

export interface ModelVersion extends Manifest {
  /** `name@version`. */
  readonly key: string;
  /** Absolute path of the version's folder. */
  readonly dir: string;
}
