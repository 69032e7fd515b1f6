/** The client's types are made from schema.graphql. `npm run codegen` writes them; this test fails when they differ. */
import { readFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import { parse } from 'graphql';
import { expect, it } from 'vitest';

const GENERATED = new URL('../../src/client/schema.generated.ts', import.meta.url).pathname;

it("the client's types are those of schema.graphql", async () => {
  const types = await codegen({
    filename: GENERATED,
    documents: [],
    schema: parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')),
    plugins: [{ typescript: {} }],
    pluginMap: { typescript },
    config: {
      scalars: { Upload: 'null' },
      strictScalars: true,
      enumsAsTypes: true,
      immutableTypes: true,
      skipTypename: true,
      avoidOptionals: { field: true },
    },
  });
  await expect(`// Made from schema.graphql by \`npm run codegen\`.\n${types}`).toMatchFileSnapshot(GENERATED);
});
