// Judge state machines: a JSON list of definitions on stdin, a list of what is wrong with each on stdout.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const validate = require('asl-validator');
const jsonata = require('jsonata');

function* expressions(value) {
    if (typeof value === 'string' && value.startsWith('{%')) yield value.slice(2, -2).trim();
    else if (value && typeof value === 'object') for (const inner of Object.values(value)) yield* expressions(inner);
}

function problems(definition) {
    const { errors } = validate(definition);
    const found = errors.map((error) => JSON.stringify(error));
    for (const text of expressions(definition)) {
        try {
            jsonata(text);
        } catch (error) {
            found.push(`${text}: ${error.message}`);
        }
    }
    return found;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(problems)));
