/** What a program gets that imports Warmpool. */
export { openGateway, type RunningGateway } from './gateway/gateway.ts';
