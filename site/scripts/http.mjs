// The reference of the HTTP API: a page for each group of operations and one for the records, from docs/openapi.json.
import { readFileSync } from 'node:fs';
import { slug } from './markdown.mjs';
import { root } from './repository.mjs';

const longest = 60; // lines of an example

/** The pages. */
export function httpPages() {
    const api = JSON.parse(readFileSync(`${root}/docs/openapi.json`, 'utf8'));
    const operations = Object.entries(api.paths).flatMap(([path, item]) => Object.entries(item)
        .filter(([, o]) => o.tags).map(([method, o]) => ({ path, method: method.toUpperCase(), ...o })));
    const groups = api.tags.map(tag => ({ ...tag, operations: operations.filter(o => o.tags[0] === tag.name) }))
        .filter(g => g.operations.length > 0);
    return [
        { target: 'http/index', text: overview(groups) },
        ...groups.map(g => ({ target: `http/${fileOf(g)}`, text: groupPage(g, api) })),
        { target: 'http/records', text: recordsPage(api) },
    ];
}

const fileOf = group => group.name.toLowerCase().replaceAll(' ', '-');
const headingOf = operation => `\`${operation.method} ${operation.path}\``;

const overview = groups => `# HTTP operations\n\nEvery operation of the HTTP API, from [openapi.json](../openapi.json). `
    + `[The HTTP API](../http-api.md) says how to begin, and [errors](../errors.md) what can go wrong.\n`
    + groups.map(g => `\n## ${g.name}\n\n${g.description}\n\n| operation | what it does |\n| --- | --- |\n` + g.operations.map(o =>
        `| [${headingOf(o)}](./${fileOf(g)}.md#${slug(headingOf(o))}) | ${cell(o.summary)} |\n`).join('')).join('');

const groupPage = (group, api) => `# ${group.name}: HTTP operations\n\n${text(group.description)}\n\n`
    + group.operations.map(o => operationText(o, api)).join('\n\n') + '\n';

function operationText(operation, api) {
    const parts = [`## ${headingOf(operation)}`, text(operation.summary), text(operation.description)];
    const parameters = (operation.parameters ?? []).map(p => resolved(p, api));
    if (parameters.length > 0)
        parts.push(`| parameter | in | type | meaning |\n| --- | --- | --- | --- |\n` + parameters.map(p =>
            `| \`${p.name}\`${p.required ? ', required' : ''} | ${p.in} | ${cell(typeOf(p.schema))} | ${help(p.description ?? limits(p.schema))} |`)
            .join('\n'));
    for (const [type, content] of Object.entries(resolved(operation.requestBody ?? {}, api).content ?? {}).slice(0, 1))
        parts.push(`Body: ${typeOf(content.schema)} (\`${type}\`).${content.example === undefined ? '' : `\n\n${example(content.example)}`}`);
    const answers = Object.entries(operation.responses).map(([status, r]) => [status, resolved(r, api)]);
    parts.push(`| status | answer |\n| --- | --- |\n` + answers.map(([status, r]) => {
        const [type, content] = Object.entries(r.content ?? {})[0] ?? [];
        const isProblem = type === 'application/problem+json';
        const what = !content ? '' : isProblem ? '' : `: ${content.schema ? typeOf(content.schema) : ''} (\`${type}\`)`;
        return `| ${status} | ${cell(r.description)}${cell(what)} |`;
    }).join('\n'));
    const shown = answers.flatMap(([, r]) => Object.entries(r.content ?? {})).find(([, c]) => c.example !== undefined);
    if (shown) parts.push(`Example of an answer:\n\n${example(shown[1].example)}`);
    return parts.filter(Boolean).join('\n\n');
}

const recordsPage = api => `# Records of the HTTP API\n\nThe bodies and answers of the [operations](./index.md). Times are UTC.\n\n`
    + Object.entries(api.components.schemas).sort(([a], [b]) => a < b ? -1 : 1).map(([name, schema]) => {
        const required = new Set(schema.required ?? []);
        const fields = Object.entries(schema.properties ?? {});
        const values = schema.enum ? `One of ${schema.enum.map(v => `\`${v}\``).join(', ')}.` : '';
        return `## ${name}\n\n${[text(schema.description), values].filter(Boolean).join(' ')}\n`
            + (fields.length === 0 ? '' : `\n| field | type | meaning |\n| --- | --- | --- |\n` + fields.map(([key, field]) =>
                `| \`${key}\`${required.has(key) ? '' : ', optional'} | ${cell(typeOf(field, ''))} | ${help(field.description)} |\n`).join(''));
    }).join('\n');

function resolved(part, api) {
    return part.$ref ? resolved(part.$ref.slice(2).split('/').reduce((at, key) => at[key], api), api) : part;
}

/** The type in words; a record is a link to its place on the page of the records. */
function typeOf(schema, page = './records.md') {
    if (!schema) return '';
    if (schema.$ref) {
        const name = schema.$ref.split('/').pop();
        return `[${name}](${page}#${slug(name)})`;
    }
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return choices.map(c => typeOf(c, page)).join(' or ');
    if (schema.type === 'array' || schema.type?.includes?.('array')) return `list of ${typeOf(schema.items, page) || 'values'}`;
    if (schema.enum) return schema.enum.map(v => `\`${v}\``).join(', ');
    if (schema.additionalProperties?.$ref || schema.additionalProperties?.type) return `map of ${typeOf(schema.additionalProperties, page)}`;
    const types = [schema.type ?? 'value'].flat().filter(t => t !== 'null');
    return types.join(' or ') + (schema.format ? ` (${schema.format})` : '') + ([schema.type].flat().includes('null') ? ' or null' : '');
}

const limits = schema => [
    schema?.minimum === undefined || schema.minimum < -1e15 ? '' : `at least ${schema.minimum}`,
    schema?.maximum === undefined || schema.maximum > 1e15 ? '' : `at most ${schema.maximum}`,
    schema?.default === undefined ? '' : `default ${schema.default}`,
].filter(Boolean).join(', ');

function example(value) {
    if (typeof value === 'string') return `\`\`\`\`txt\n${cut(value.trimEnd())}\n\`\`\`\``;
    return `\`\`\`\`json\n${cut(JSON.stringify(value, null, 2))}\n\`\`\`\``;
}

function cut(shown) {
    const lines = shown.split('\n');
    return lines.length <= longest ? shown : [...lines.slice(0, longest - 1), '…'].join('\n');
}

// Marks of Markdown in a text that has none.
const text = part => (part ?? '').trim().replace(/[*_[\]<>~]/g, c => `\\${c}`);
// Help of keys of a batch file has links of the page of batch files.
const help = part => cell(part).replace(/\]\((?=[a-z-]+\.md)/g, '](../').replaceAll('](#', '](../batch-file.md#');
const cell = part => (part ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
