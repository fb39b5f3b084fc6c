// Where the code of pages and samples uses a type: an excerpt of a few lines for its entry in the reference.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { root } from './repository.mjs';

const before = 1, after = 4;
// Not behind a point: that is a member.
const isWord = /(?<![.\w])[A-Za-z_]\w*/g;

/** Excerpts by the name of a type: `{ file, code }` of the first place, in the order of the files, that uses it outside of comments. */
export function examples() {
    const found = new Map();
    for (const { file, lines } of sources())
        lines.forEach((line, at) => {
            if (/^\s*(using|namespace|\/\/)/.test(line)) return;
            for (const [word] of line.replace(/"(?:\\.|[^"\\])*"|\/\/.*/g, '').matchAll(isWord))
                if (!found.has(word)) found.set(word, { file, code: excerpt(lines, at) });
        });
    return found;
}

function sources() {
    const files = readdirSync(`${root}/samples`, { recursive: true }).filter(f => f.endsWith('.cs') && !/(^|\/)(bin|obj)\//.test(f)).sort()
        .map(f => `samples/${f}`).map(file => ({ file, lines: text(file).split('\n') }));
    const pages = [...readdirSync(`${root}/src`).map(p => `src/${p}/PACKAGE.md`).filter(f => existsSync(`${root}/${f}`)),
        ...readdirSync(`${root}/docs`, { recursive: true }).filter(f => f.endsWith('.md')).sort().map(f => `docs/${f}`)];
    return [...pages.flatMap(file => [...text(file).matchAll(/```csharp\n([\s\S]*?)```/g)].map(([, code]) => ({ file, lines: code.split('\n') }))), ...files];
}

const text = file => readFileSync(`${root}/${file}`, 'utf8').replaceAll('\r', '');

function excerpt(lines, at) {
    const from = Math.max(0, lines[at - 1]?.trim() ? at - before : at);
    const part = lines.slice(from, at + after);
    while (part.length > 0 && !part.at(-1).trim()) part.pop();
    const indent = Math.min(...part.filter(l => l.trim()).map(l => l.match(/^ */)[0].length));
    return part.map(l => l.slice(indent)).join('\n');
}
