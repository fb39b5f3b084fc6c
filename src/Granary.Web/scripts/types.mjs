// Writes src/api/schema.d.ts from docs/openapi.json. The server writes numbers as JSON numbers; the document also lists the strings that it
// would read, which would make each number of an answer `number | string`. Names in a query are known in any case; they begin small here.
// Types that are newer than the document, this script and the packages stay as they are.
import { statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';

const source = new URL('../../../docs/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
const sources = [source, new URL(import.meta.url), new URL('../package-lock.json', import.meta.url)];
if (changed(target) > Math.max(...sources.map(changed))) process.exit(0);

const { default: openapiTS, astToString } = await import('openapi-typescript');
const document = JSON.parse(await readFile(source, 'utf8'), (_, value) => {
    if (value?.in === 'query') return { ...value, name: value.name[0].toLowerCase() + value.name.slice(1) };
    const types = value?.type;
    if (Array.isArray(types) && (types.includes('number') || types.includes('integer'))) {
        const rest = types.filter((type) => type !== 'string');
        return { ...value, pattern: undefined, type: rest.length === 1 ? rest[0] : rest };
    }
    return value;
});
const header = '// Generated from docs/openapi.json by scripts/types.mjs; not committed.\n';
await writeFile(target, header + astToString(await openapiTS(document)));
