// Markdown as text: what of a page is needed outside VitePress.

const fence = /^\s*(```+|~~~+)/;

/** Calls change for each line outside fenced code, and gives the changed page. */
export function mapLines(text, change) {
    let open;
    return text.split('\n').map(line => {
        const mark = line.match(fence)?.[1];
        if (mark && !open) open = mark;
        else if (mark && open && mark[0] === open[0] && mark.length >= open.length) open = undefined;
        else if (!open) return change(line);
        return line;
    }).join('\n');
}

/** The page with each target of a link changed; where change gives nothing, the text of the link stays without a link. */
export function mapLinks(text, change) {
    const inText = part => {
        let before;
        // A link around an image: the inner one first.
        const changed = part.replace(/(!?)\[((?:[^[\]]|\[[^[\]]*\](?!\())*)\]\(([^()\s]+)( "[^"]*")?\)/g, (_, image, words, target, title = '') => {
            const to = change(target, image === '!');
            return to ? `${image}[${words}](${to}${title})` : words;
        });
        before = changed.replace(/\[(!\[[^\]]*\]\([^()\s]+\))\]\(([^()\s]+)\)/g, (_, image, target) => {
            const to = change(target, false);
            return to ? `[${image}](${to})` : image;
        });
        return before.replace(/^(\s{0,3}\[[^\]]+\]:\s+)(\S+)/, (whole, label, target) => label + (change(target, false) ?? target));
    };
    return mapLines(text, line => {
        // Spans of code have no links, but a link may have code as its text: code is put aside and back.
        const code = [];
        const open = line.replace(/(`+)(?!`)(.*?[^`])\1(?!`)/g, span => `\u0000${code.push(span) - 1}\u0000`);
        return inText(open).replace(/\u0000(\d+)\u0000/g, (_, n) => code[n]);
    });
}

export const titleOf = text => text.match(/^# (.+)$/m)?.[1].replaceAll('`', '').trim();

/** The first sentence of the first paragraph, without marks; '' where a page begins otherwise. */
export function summaryOf(text) {
    const paragraph = text.replace(/^---\n[\s\S]*?\n---\n/, '').replace(/^# .+$/m, '').split(/\n\s*\n/).map(p => p.trimEnd())
        .find(p => p.trim() && /^[A-Za-z0-9`*[“"]/.test(p.trimStart()) && !p.startsWith('    ') && !/^\d+\. /.test(p));
    if (!paragraph) return '';
    const plain = paragraph.replace(/\s+/g, ' ').replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`]/g, '').trim();
    return plain.match(/^.*?[.:?](?=\s+[A-Z“]|$)/)?.[0].replace(/:$/, '.') ?? plain;
}

/** The name of a heading in an address, as GitHub makes it. */
export const slug = text => text.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replace(/ /g, '-');
