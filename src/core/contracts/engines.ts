/** The engines by name, the fastest first. */
export const ENGINE_NAMES = ['onnx', 'tfjs-node', 'tfjs-wasm', 'synthetic'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
