/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

export interface Parsed {
    value: JsonMap | undefined;
    /** Why the text is no batch file; undefined where it is one. */
    fault: string | undefined;
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

export function parseBatch(text: string): Parsed {
    try {
        const value = JSON.parse(plainJson(text)) as Json;
        if (value === null || typeof value !== 'object' || Array.isArray(value))
            return { value: undefined, fault: 'A batch file is an object: { … }.' };
        return { value, fault: undefined };
    } catch (e) {
        return { value: undefined, fault: `The text is not valid JSON: ${e instanceof Error ? e.message : String(e)}` };
    }
}

export function formatBatch(value: JsonMap): string {
    return `${JSON.stringify(value, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}

type Path = readonly (string | number)[];

/** The value at a path; undefined where there is none. */
export function at(value: Json | undefined, path: Path): Json | undefined {
    let here: Json | undefined = value;
    for (const step of path) {
        if (here === null || typeof here !== 'object') return undefined;
        here = Array.isArray(here) ? here[Number(step)] : here[step];
    }
    return here;
}

/** A copy with another value at a path; undefined takes the key out, and objects that it empties with it. */
export function put(value: JsonMap, path: Path, next: Json | undefined): JsonMap {
    const change = (here: Json | undefined, depth: number): Json | undefined => {
        if (depth === path.length) return next;
        const step = path[depth] ?? '';
        if (typeof step === 'number') {
            const list = Array.isArray(here) ? [...here] : [];
            const item = change(list[step], depth + 1);
            if (item === undefined) list.splice(step, 1);
            else list[step] = item;
            return list;
        }
        const map: JsonMap = here !== null && typeof here === 'object' && !Array.isArray(here) ? { ...here } : {};
        const item = change(map[step], depth + 1);
        if (item !== undefined) return { ...map, [step]: item };
        const rest = Object.fromEntries(Object.entries(map).filter(([name]) => name !== step));
        return Object.keys(rest).length === 0 && depth > 0 ? undefined : rest;
    };
    return change(value, 0) as JsonMap;
}

/** What a parameter's field stands for: 10 is a number, "10, 20" a grid, true and texts themselves. */
export function valuesOf(text: string): Json | undefined {
    const parts = text
        .split(',')
        .map((p) => p.trim())
        .filter((p) => p !== '');
    const values = parts.map((p): Json => (p === 'true' ? true : p === 'false' ? false : Number.isNaN(Number(p)) ? p : Number(p)));
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

export function textOf(value: Json | undefined): string {
    if (value === undefined || value === null) return '';
    if (Array.isArray(value)) return value.map(textOf).join(', ');
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The place that the server's sentence names: "batch.json, line 3, strategies[0].class: …" is strategies[0].class. */
export function placeOf(detail: string): { line: number | undefined; path: string | undefined; sentence: string } {
    const found = /^[^:]*?, line (\d+)(?:, ([A-Za-z_][\w.[\]]*))?: ([\s\S]*)$/.exec(detail);
    return found
        ? { line: Number(found[1]), path: found[2], sentence: found[3] ?? detail }
        : { line: undefined, path: undefined, sentence: detail };
}

/** How many strategies the grids make on one market and timeframe. */
export function gridSize(value: JsonMap): number {
    const entries = value.strategies;
    if (!Array.isArray(entries)) return 0;
    const count = (v: Json | undefined) => (Array.isArray(v) ? v.length : 1);
    return entries.reduce<number>((sum, entry) => {
        const params = at(entry, ['params']);
        const grid =
            params !== null && typeof params === 'object' && !Array.isArray(params)
                ? Object.values(params).reduce<number>((n, v) => n * count(v), 1)
                : 1;
        return sum + grid * count(at(entry, ['timeframe']));
    }, 0);
}

export const example = `{
  "name": "my-batch",
  "data": {
    "source": "csv:data/1h",
    "symbols": "*",
    "timeframe": "1h"
  },
  "account": { "cash": 100000 },
  "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
  "strategies": [
    { "class": "SmaCross", "params": { "fast": [10, 20], "slow": [50, 100] }, "size": { "percentOfEquity": 10 } }
  ],
  "portfolio": { "weights": "winners" }
}
`;
