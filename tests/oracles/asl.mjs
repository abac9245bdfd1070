// Judge state machines: a JSON list of definitions on stdin, a list of what is wrong with each on stdout.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const validate = require('asl-validator');
const jsonata = require('jsonata');

// The validator makes a judge of its schemas for each definition, and always the same: most of its time.
const ajv = createRequire(require.resolve('asl-validator'))('ajv');
const Ajv = ajv.default;
let judge;
ajv.default = function (options) {
    if (judge) judge.addKeyword = () => judge; // it has all of them
    return (judge ??= new Ajv(options));
};

function* expressions(value) {
    if (typeof value === 'string' && value.startsWith('{%')) yield value.slice(2, -2).trim();
    else if (value && typeof value === 'object') for (const inner of Object.values(value)) yield* expressions(inner);
}

// The machines of one architecture have most of their expressions in common.
const parsed = new Map();

function problem(text) {
    if (!parsed.has(text)) {
        try {
            jsonata(text);
            parsed.set(text, null);
        } catch (error) {
            parsed.set(text, `${text}: ${error.message}`);
        }
    }
    return parsed.get(text);
}

function problems(definition) {
    const { errors } = validate(definition);
    const found = errors.map((error) => JSON.stringify(error));
    return [...found, ...[...expressions(definition)].map(problem).filter(Boolean)];
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(problems)));
