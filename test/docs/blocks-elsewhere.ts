/** The blocks of the documentation that `npm test` cannot run. */
interface BlockElsewhere {
  readonly document: string;
  readonly start: string;
  readonly why: string;
  /** Where it is run instead. */
  readonly where: string;
}

export const BLOCKS_ELSEWHERE: readonly BlockElsewhere[] = [
  {
    document: 'CONTRIBUTING.md',
    start: 'npm ci\nnpm run dev\n',
    why: 'it would replace what the tests are running, and does not end',
    where: '`npm ci` in .ci/run, `npm run dev` by whoever works on the code',
  },
  {
    document: 'CONTRIBUTING.md',
    start: 'npm run check\nnpm test\n',
    why: 'this test is a part of it',
    where: '.ci/run',
  },
  {
    document: 'CONTRIBUTING.md',
    start: 'npx vitest run ',
    why: 'it would build anew what the other tests are running',
    where: '`npm test` is the same without a folder',
  },
  {
    document: 'docs/operation.md',
    start: 'WARMPOOL_ADMIN_TOKEN=',
    why: 'it needs Docker and its registry',
    where: 'nowhere as a whole, which the page says; test/deploy runs its nginx.conf',
  },
];
