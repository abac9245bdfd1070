// Evaluate JSONata as Step Functions does: a request a line in, an answer a line out, until stdin ends.
import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

let skipped = 0; // milliseconds that the sandbox's clock is ahead of the machine's
const MachineDate = Date;
globalThis.Date = class extends MachineDate {
    constructor(...given) {
        super(...(given.length ? given : [MachineDate.now() + skipped]));
    }
    static now() {
        return MachineDate.now() + skipped;
    }
};

const jsonata = createRequire(import.meta.url)('jsonata');
const LONGEST_MICROSECONDS = 1_000_000; // of processor time; AWS stops an expression after one second
const DEEPEST = 10_000; // evaluations inside one another: recursion without an end would use up the memory
const MOST_REMEMBERED = 4096;
const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

function hash(text, algorithm) {
    if (!Object.hasOwn(HASHES, algorithm)) {
        throw new Error(`$hash algorithm must be one of ${Object.keys(HASHES).join(', ')}`);
    }
    return createHash(HASHES[algorithm]).update(text, 'utf8').digest('hex');
}

function partition(list, size) {
    const step = Math.floor(size);
    if (step < 1) throw new Error('$partition chunk size must be a positive integer');
    return Array.from({ length: Math.ceil(list.length / step) }, (_, n) => list.slice(n * step, (n + 1) * step));
}

function range(from, to, by) {
    const [start, end, step] = [from, to, by].map(Math.floor);
    if (step === 0) throw new Error('$range delta must not be zero');
    return Array.from({ length: Math.max(0, Math.floor((end - start) / step) + 1) }, (_, n) => start + n * step);
}

function parse(text) {
    try {
        return text === undefined ? undefined : JSON.parse(text);
    } catch {
        throw new Error('$parse: the string is not valid JSON');
    }
}

// The generator of AWS is not published: a seed repeats its number here, but it is another one there.
function random(seed) {
    if (seed === undefined) return Math.random();
    return createHash('sha256').update(String(Math.floor(seed))).digest().readUInt32BE() / 2 ** 32;
}

const remembered = new Map();

function compiled(text) {
    let program = remembered.get(text);
    if (program === undefined) {
        program = jsonata(text);
        program.assign('eval', undefined); // the one function of JSONata that Step Functions lacks
        program.registerFunction('hash', hash, '<ss:s>');
        program.registerFunction('parse', parse, '<s-:x>');
        program.registerFunction('partition', partition, '<an:a>');
        program.registerFunction('random', random, '<n?:n>');
        program.registerFunction('range', range, '<nnn:a>');
        program.registerFunction('uuid', () => randomUUID(), '<:s>');
        program.assign(Symbol.for('jsonata.__evaluate_entry'), () => bounds.enter());
        program.assign(Symbol.for('jsonata.__evaluate_exit'), () => bounds.leave());
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(text, program);
    }
    return program;
}

const bounds = {
    start() {
        this.depth = this.steps = 0;
        this.since = process.cpuUsage();
    },
    enter() {
        if (++this.depth > DEEPEST) {
            throw { code: 'U1001', message: 'Stack overflow: the expression calls itself without an end' };
        }
        if (++this.steps % 256 === 0 && process.cpuUsage(this.since).user > LONGEST_MICROSECONDS) {
            throw { code: 'U1001', message: 'Expression evaluation timeout: it took more than a second' };
        }
    },
    leave() {
        this.depth--;
    },
};

function plain(_name, value) {
    if (typeof value === 'function' || value?._jsonata_lambda || value?._jsonata_function) {
        throw new Error('a function is not JSON');
    }
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('a number is out of range');
    return value;
}

async function judged(work) {
    try {
        const value = await work();
        return value === undefined ? '{}' : `{"value":${JSON.stringify(value, plain)}}`;
    } catch (error) {
        return JSON.stringify({ code: error.code, error: error.message });
    }
}

async function answer({ expressions, known, ahead }) {
    skipped = ahead;
    const answers = [];
    for (const text of expressions) {
        bounds.start();
        const work = known ? () => compiled(text).evaluate(undefined, known) : () => void compiled(text);
        answers.push(await judged(work));
    }
    return `[${answers.join()}]\n`;
}

for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(await answer(JSON.parse(line)));
}
