// Evaluate JSONata by its reference implementation: a JSON list of {expression, variables} on stdin, a list of results on stdout.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const jsonata = createRequire(import.meta.url)('jsonata');
const asked = JSON.parse(readFileSync(0, 'utf-8'));
const results = await Promise.all(
    asked.map(async ({ expression, variables }) => {
        try {
            const value = await jsonata(expression).evaluate(null, variables);
            return value === undefined ? { missing: true } : { value };
        } catch (error) {
            return { error: error.message };
        }
    }),
);
process.stdout.write(JSON.stringify(results));
