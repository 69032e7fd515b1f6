import { expect, it } from 'vitest';
import { dataOf, type RequestFailure, unanswered } from '../../src/client/answer.ts';

it.each([
  [
    200,
    '{"data":null,"errors":[{"message":"…","extensions":{"code":"OVERLOADED","retryAfterMs":10}}]}',
    'OVERLOADED',
    true,
  ],
  [413, '{"errors":[{"message":"…","extensions":{"code":"IMAGE_TOO_LARGE"}}]}', 'IMAGE_TOO_LARGE', false],
  [200, '{"errors":[{"message":"…","extensions":{"code":"CANCELLED"}}]}', 'CANCELLED', true],
  [200, '{"errors":[{"message":"…"}]}', 'FOREIGN_ANSWER', false],
  [502, '<html>Bad Gateway</html>', 'HTTP_502', true],
  [404, '', 'HTTP_404', false],
  [200, '{}', 'HTTP_200', false],
  [200, 'null', 'HTTP_200', false],
  [200, '[]', 'HTTP_200', false],
])('the answer %i %s comes to %s; it may pass: %s', (status, text, code, mayPass) => {
  expect(failureOf(status, text)).toMatchObject({ code, mayPass });
});

it('an answer gives its data', () => {
  expect(dataOf(200, '{"data":{"models":[]}}')).toEqual({ models: [] });
});

it('the first error is told, with when to come back', () => {
  const error = { message: 'queue is full', extensions: { code: 'OVERLOADED', retryAfterMs: 120 } };
  const text = JSON.stringify({ data: null, errors: [error, { message: 'another' }] });
  expect(failureOf(200, text)).toMatchObject({ message: 'queue is full', retryAfterMs: 120, isBrokenOff: false });
});

it('an error that does not say when to come back is of no use to try again, whatever its status', () => {
  const failure = failureOf(400, '{"errors":[{"message":"no","extensions":{"code":"BAD_USER_INPUT"}}]}');
  expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', retryAfterMs: null });
});

it('what fetch throws is told by its cause', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  const failure = unanswered(new TypeError('fetch failed', { cause }));
  expect(failure).toMatchObject({ code: 'NO_ANSWER', message: 'no answer (ECONNREFUSED)', retryAfterMs: 0 });
  expect(unanswered(new Error('nothing moved')).message).toBe('no answer (nothing moved)');
});

function failureOf(status: number, text: string): RequestFailure {
  try {
    dataOf(status, text);
  } catch (error) {
    return error as RequestFailure;
  }
  throw new Error('this was taken for an answer');
}
