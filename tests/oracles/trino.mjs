// Judge SQL by the ANTLR grammar of Trino: a JSON list of texts on stdin, a list of their errors on stdout.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// The package is written for bundlers: its imports leave out file names, as Node does not allow.
registerHooks({
    resolve(specifier, context, next) {
        for (const ending of ['', '.js', '/index.js']) {
            try {
                return next(specifier + ending, context);
            } catch (error) {
                if (!['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT'].includes(error.code)) throw error;
            }
        }
        return next(specifier, context);
    },
});

const { TrinoSQL } = await import('dt-sql-parser/dist/parser/trino/index.js');
const judge = new TrinoSQL();
const texts = JSON.parse(readFileSync(0, 'utf-8'));
const verdicts = texts.map((text) => judge.validate(text).map((error) => `line ${error.startLine}: ${error.message}`));
process.stdout.write(JSON.stringify(verdicts));
