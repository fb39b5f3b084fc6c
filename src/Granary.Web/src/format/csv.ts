/** The rows of a CSV file by the names of its columns. A quoted cell can have commas, line ends and two quotes for one. */
export function rowsOf(text: string): Record<string, string>[] {
    const lines: string[][] = [[]];
    let cell = '';
    let quoted = false;
    const end = () => {
        lines.at(-1)?.push(cell);
        cell = '';
    };
    for (let i = 0; i < text.length; i++) {
        const c = text[i] ?? '';
        if (quoted) {
            if (c !== '"') cell += c;
            else if (text[i + 1] === '"') cell += text[++i];
            else quoted = false;
        } else if (c === '"') quoted = true;
        else if (c === ',') end();
        else if (c === '\n') {
            end();
            lines.push([]);
        } else if (c !== '\r') cell += c;
    }
    end();
    const [header = [], ...rows] = lines.filter((l) => l.length > 1 || l[0] !== '');
    return rows.map((r) => Object.fromEntries(header.map((name, i) => [name, r[i] ?? ''])));
}
