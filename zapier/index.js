'use strict';

// The code that Zapier runs. definition.json lists the triggers and actions; it is generated from Helix's event
// registry (make zapier). Their behaviour is the same for all, and implemented here.

const definition = require('./definition.json');

const KEY = 'idempotency_key';

const address = (bundle) => bundle.authData.base_url.trim().replace(/\/+$/, '');

const typeOf = (item) => (item.operation.sample.type || item.operation.sample.event);

// Zapier names a hook's headers like `Http-Webhook-Id`.
const headerOf = (request, name) => {
  const headers = (request && request.headers) || {};
  const found = Object.keys(headers).find((key) => key.toLowerCase().replace(/^http-/, '') === name);
  return found === undefined ? undefined : headers[found];
};

const addToken = (request, z, bundle) => {
  request.headers.Authorization = `Bearer ${bundle.authData.token}`;
  return request;
};

// Turns an error of Helix into Zapier's: the text is `detail`, and Retry-After becomes a ThrottledError.
const explain = (response, z) => {
  if (response.status < 400 || response.skipThrowForStatus) {
    return response;
  }
  let detail = `Helix answered HTTP ${response.status}.`;
  try {
    detail = JSON.parse(response.content).detail || detail;
  } catch {
    // The response is not from Helix but from a proxy; report its status.
  }
  const wait = Number(response.getHeader('retry-after'));
  if (wait > 0) {
    throw new z.errors.ThrottledError(detail, wait);
  }
  throw new z.errors.Error(detail, response.status === 401 ? 'AuthenticationError' : 'Refused', response.status);
};

const testConnection = async (z, bundle) => {
  await z.request({ url: `${address(bundle)}/hooks/samples/system.started` });
  return {};
};

const hookOf = (trigger) => ({
  performSubscribe: async (z, bundle) => {
    const response = await z.request({
      method: 'POST',
      url: `${address(bundle)}/hooks`,
      body: { target_url: bundle.targetUrl, event: typeOf(trigger) },
    });
    return response.data;
  },
  performUnsubscribe: async (z, bundle) => {
    const response = await z.request({
      method: 'DELETE',
      url: `${address(bundle)}/hooks/${bundle.subscribeData.id}`,
      skipThrowForStatus: true,
    });
    // A 404 means that the hook is gone already, which is fine.
    if (response.status !== 404 && response.status >= 400) {
      throw new z.errors.Error(`Helix answered HTTP ${response.status}.`, 'Refused', response.status);
    }
    return {};
  },
  perform: async (z, bundle) => [{ id: headerOf(bundle.rawRequest, 'webhook-id'), ...bundle.cleanedRequest }],
  performList: async (z, bundle) => {
    const response = await z.request({ url: `${address(bundle)}/hooks/samples/${typeOf(trigger)}` });
    // A delivery's id comes in a header, which a sample lacks.
    return response.data.map((event) => ({
      id: `sample_${z.hash('sha256', JSON.stringify(event)).slice(0, 32)}`,
      ...event,
    }));
  },
});

const isEmpty = (value) => value === undefined || value === null || value === '';

const convert = (type, value) => {
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && value.trim() !== '') {
    const number = Number(value);
    return Number.isNaN(number) ? value : number;
  }
  return type === 'boolean' && typeof value === 'string' ? /^(true|yes|1)$/i.test(value) : value;
};

const valueOf = (field, given) => {
  if (field.children) {
    const items = [].concat(given).map((item) => dataOf(field.children, item));
    return items.filter((item) => Object.keys(item).length > 0);
  }
  if (field.dict) {
    const pairs = Object.entries(given).filter(([, value]) => !isEmpty(value));
    return Object.fromEntries(pairs.map(([name, value]) => [name, convert(field.meta.values, value)]));
  }
  return convert(field.type, given);
};

// The event's data from the input fields; `embed__title` becomes `{embed: {title}}`.
const dataOf = (fields, input) => {
  const data = {};
  for (const field of fields) {
    if (field.key === KEY || isEmpty(input[field.key])) {
      continue;
    }
    const value = valueOf(field, input[field.key]);
    if (typeof value === 'object' && Object.keys(value).length === 0) {
      continue;
    }
    const path = field.key.split('__');
    const last = path.pop();
    const place = path.reduce((part, name) => (part[name] = part[name] || {}), data);
    place[last] = value;
  }
  return data;
};

const send = (create) => async (z, bundle) => {
  const type = typeOf(create);
  // Hashed, because a key may contain any text but a header may not; with the type, because two steps of a Zap
  // may use the same trigger's ID.
  const key = z.hash('sha256', `${type}\n${bundle.inputData[KEY]}`);
  const response = await z.request({
    method: 'POST',
    url: `${address(bundle)}/webhooks/${type}`,
    headers: { 'Idempotency-Key': `zapier:${key}` },
    body: dataOf(create.operation.inputFields, bundle.inputData),
  });
  return response.data;
};

const withRun = (items, run) =>
  Object.fromEntries(
    Object.entries(items).map(([key, item]) => [
      key,
      { ...item, operation: { ...item.operation, ...run(item) } },
    ]),
  );

module.exports = {
  ...definition,
  authentication: { ...definition.authentication, test: testConnection },
  beforeRequest: [addToken],
  afterResponse: [explain],
  triggers: withRun(definition.triggers, hookOf),
  creates: withRun(definition.creates, (create) => ({ perform: send(create) })),
};
