// node validate.mjs SCHEMA.json DOCUMENT.json: prints the faults as a JSON list of sentences.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import Ajv2019 from 'ajv/dist/2019.js';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const schema = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const dialect = schema.$schema ?? '';
if (dialect.includes('draft-07')) delete schema.$schema; // ajv's own, which it knows by one spelling only
const Kind = dialect.includes('2020') ? Ajv2020 : dialect.includes('2019') ? Ajv2019 : Ajv;
const ajv = new (Kind.default ?? Kind)({ allErrors: true, strict: false });
(addFormats.default ?? addFormats)(ajv);
ajv.addFormat('duration', /^([0-9]+(\.[0-9]+)?(us|ms|s|m|h))+$/); // compose's own, not ISO's
const check = ajv.compile(schema);
check(JSON.parse(readFileSync(process.argv[3], 'utf8')));
console.log(JSON.stringify((check.errors ?? []).map(e => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`)));
