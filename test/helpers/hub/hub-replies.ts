/** How the stand-in of the Hub answers: JSON, and refusals in the headers that its clients read. */
import type {ServerResponse} from 'node:http';

export const sendJson = (response: ServerResponse, value: unknown, status = 200): ServerResponse => {
  return response
    .writeHead(status, {'content-type': 'application/json; charset=utf-8'})
    .end(JSON.stringify(value));
};

export const refuse = (
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): ServerResponse => {
  response.setHeader('x-error-code', code);
  response.setHeader('x-error-message', message);
  return sendJson(response, {error: message}, status);
};
