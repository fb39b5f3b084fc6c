/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

/** A JSON Schema, as far as the server writes it. `format` says what a form offers as values. */
export interface Schema {
    type?: string | string[];
    description?: string;
    format?: string;
    default?: Json;
    minimum?: number;
    exclusiveMinimum?: number;
    maximum?: number;
    enum?: Json[];
    examples?: Json[];
    pattern?: string;
    properties?: Record<string, Schema>;
    required?: string[];
    additionalProperties?: boolean | Schema;
    items?: Schema;
    minItems?: number;
    anyOf?: Schema[];
    oneOf?: Schema[];
    $ref?: string;
}

/** What is wrong with a value, and where: `strategies[0].class`; '' for the whole. */
export interface Fault {
    path: string;
    sentence: string;
}

/** How to write a value of a type, where a form takes it as text. */
const shapes: Record<string, string> = {
    array: 'A list in JSON is needed, in brackets: [ … ].',
    object: 'An object in JSON is needed, in braces: { "key": value }.',
    boolean: 'Use true or false.',
};

/** The faults that the schema finds before the server is asked. The server says of a text which form it needs. */
export function faultsOf(schema: Schema, value: Json | undefined, path = '', root = schema): Fault[] {
    const fault = (sentence: string): Fault[] => [{ path, sentence }];
    const own = schema.$ref === undefined ? schema : schema.$ref.split('/').slice(1).reduce<Schema>(step, root);
    const forms = own.anyOf ?? own.oneOf;
    const among = forms
        ? forms
              .map((form) => faultsOf({ ...form, type: form.type ?? own.type } as Schema, value, path, root))
              .reduce((least, found) => (found.length < least.length ? found : least))
        : [];
    if (among.length > 0) return among;
    if (own.enum && !own.enum.some((word) => word === value)) return fault(`Use one of ${own.enum.join(', ')}.`);
    const types = own.type === undefined ? [] : [own.type].flat();
    const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    if (types.length > 0 && !types.includes(type) && !(type === 'number' && types.includes('integer')))
        return fault(
            types.some((t) => t === 'number' || t === 'integer') ? 'A number is needed.' : (shapes[types[0] ?? ''] ?? 'A text is needed.'),
        );
    if (typeof value === 'number') {
        if (types.includes('integer') && !Number.isInteger(value)) return fault('A whole number is needed.');
        if (own.minimum !== undefined && value < own.minimum) return fault(`Use at least ${own.minimum}.`);
        if (own.exclusiveMinimum !== undefined && value <= own.exclusiveMinimum) return fault(`Use more than ${own.exclusiveMinimum}.`);
        if (own.maximum !== undefined && value > own.maximum) return fault(`Use at most ${own.maximum}.`);
    }
    if (Array.isArray(value)) {
        if (value.length < (own.minItems ?? 0)) return fault('Choose at least one.');
        return own.items ? value.flatMap((item, i) => faultsOf(own.items ?? {}, item, `${path}[${i}]`, root)) : [];
    }
    if (value === null || typeof value !== 'object') return [];
    const below = (key: string) => (path === '' ? key : `${path}.${key}`);
    const missing = (own.required ?? []).filter((key) => value[key] === undefined);
    return [
        ...missing.map((key) => ({ path: below(key), sentence: 'This is needed.' })),
        ...Object.entries(value).flatMap(([key, item]) => {
            const part = own.properties?.[key] ?? (typeof own.additionalProperties === 'object' ? own.additionalProperties : undefined);
            if (part) return faultsOf(part, item, below(key), root);
            return own.additionalProperties === false ? [{ path: below(key), sentence: `There is no key '${key}'.` }] : [];
        }),
    ];
}

function step(schema: Schema, name: string): Schema {
    return ((schema as Record<string, unknown>)[name] ?? {}) as Schema;
}

/** The places that the server's sentences name, one a line: "batch.json, line 3, strategies[0].class: …" is of strategies[0].class. */
export function serverFaults(detail: string): Fault[] {
    return detail.split('\n').map((line) => {
        const found = /^[^:]*?, line (\d+)(?:, ([A-Za-z_][\w.[\]]*))?: (.*)$/.exec(line);
        if (!found) return { path: '', sentence: line };
        const [, number, parent = '', sentence = line] = found;
        const missing = /^'(\w+)' is missing/.exec(sentence)?.[1];
        const path = missing === undefined ? parent : parent === '' ? missing : `${parent}.${missing}`;
        return { path, sentence: path === '' ? `Line ${number}: ${sentence}` : sentence };
    });
}

/** The fault of a field: of its value, or within it. */
export function faultAt(faults: Fault[], path: string): string | undefined {
    return faults.find((f) => f.path === path || f.path.startsWith(`${path}.`) || f.path.startsWith(`${path}[`))?.sentence;
}

/** A value in a line of text; lists with commas. */
export function textOf(value: Json | undefined): string {
    if (value === undefined || value === null) return '';
    if (Array.isArray(value)) return value.map(textOf).join(', ');
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Takes comments and trailing commas out of JSON text; lengths and lines stay, so that positions are those of the text. */
export function plainJson(text: string): string {
    let out = '';
    let i = 0;
    const blank = (part: string) => part.replace(/[^\n]/g, ' ');
    while (i < text.length) {
        const rest = text.slice(i);
        const found = /^("(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest)?.[0];
        if (found === undefined) {
            out += text[i];
            i++;
            continue;
        }
        out += found.startsWith('"') ? found : blank(found);
        i += found.length;
    }
    return out.replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g, (m) => (m === ',' ? ' ' : m));
}

/** A copy with another value of a key; undefined takes the key out. */
export function changed(value: JsonMap, key: string, next: Json | undefined): JsonMap {
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return next === undefined ? rest : { ...rest, [key]: next };
}

/** The part of a schema at a path of objects; of several forms, the one that is an object. */
export function partOf(schema: Schema, path: string[]): Schema {
    const form = (s: Schema) => (s.properties ? s : (s.oneOf?.find((f) => f.properties) ?? s));
    return form(path.reduce<Schema>((here, key) => form(here).properties?.[key] ?? {}, schema));
}
