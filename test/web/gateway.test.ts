// Facts about what goes over the wire: the multipart body, and how answers and failures are read.
import { describe, expect, it } from 'vitest';
import { answerOf, classifyBody, GatewayFailure } from '../../src/web/gateway.ts';

const photo = new File([new Uint8Array([1, 2, 3])], 'tabby.jpg', { type: 'image/jpeg' });

function failureOf(status: number, body: string): GatewayFailure {
  try {
    answerOf(status, body);
  } catch (error) {
    if (error instanceof GatewayFailure) return error;
  }
  throw new Error('answerOf took this for an answer');
}

describe('classifyBody', () => {
  it('has operations, map and the file, in this order', () => {
    expect([...classifyBody(photo, undefined).keys()]).toEqual(['operations', 'map', '0']);
  });

  it('maps the file to a variable that is null in the operations', () => {
    const form = classifyBody(photo, undefined);
    expect(JSON.parse(String(form.get('map')))).toEqual({ 0: ['variables.image'] });
    expect(JSON.parse(String(form.get('operations'))).variables).toEqual({ image: null });
  });

  it('names the model in the options if one was chosen', () => {
    const { variables } = JSON.parse(String(classifyBody(photo, 'cat-dog@2').get('operations')));
    expect(variables).toEqual({ image: null, options: { model: 'cat-dog@2' } });
  });

  it('sends the bytes with their name and type', async () => {
    const sent = classifyBody(photo, undefined).get('0') as File;
    expect([sent.name, sent.type]).toEqual(['tabby.jpg', 'image/jpeg']);
    expect([...new Uint8Array(await sent.arrayBuffer())]).toEqual([1, 2, 3]);
  });
});

describe('answerOf', () => {
  it('gives the data', () => {
    expect(answerOf(200, '{"data":{"models":[]}}')).toEqual({ models: [] });
  });

  it('turns the first error into a failure with its code and retryAfterMs', () => {
    const error = { message: 'queue is full', extensions: { code: 'OVERLOADED', retryAfterMs: 120 } };
    const failure = failureOf(200, JSON.stringify({ data: null, errors: [error] }));
    expect(failure).toMatchObject({ code: 'OVERLOADED', message: 'queue is full', retryAfterMs: 120 });
  });

  it('reads the error from the body whatever the status is', () => {
    const failure = failureOf(400, '{"errors":[{"message":"no","extensions":{"code":"BAD_USER_INPUT"}}]}');
    expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', retryAfterMs: undefined });
  });

  it('names the status if the body is not JSON or has neither data nor errors', () => {
    expect(failureOf(502, '<h1>Bad gateway</h1>').code).toBe('HTTP_502');
    expect(failureOf(200, '{}').code).toBe('HTTP_200');
  });
});
