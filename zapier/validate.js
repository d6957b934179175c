'use strict';

// Validates the integration against Zapier's schema: `npm install`, then `npm run validate`.

const { validateAppDefinition } = require('zapier-platform-schema');
const app = require('./index.js');

// Replaces functions, which have no JSON form, as zapier-platform-core does before validation.
const prepared = JSON.parse(
  JSON.stringify(app, (key, value) => (typeof value === 'function' ? `$func$${value.length}$f$` : value)),
);
const { errors } = validateAppDefinition(prepared);
for (const error of errors) {
  console.error(String(error.stack || error));
}
const { triggers, creates } = app;
console.log(
  `${Object.keys(triggers).length} triggers and ${Object.keys(creates).length} actions: ${errors.length} errors`,
);
process.exitCode = errors.length === 0 ? 0 : 1;
