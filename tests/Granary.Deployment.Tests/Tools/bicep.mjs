// node bicep.mjs FILE: prints the syntax tree as JSON: kind, field, line, text and named children of each node.
import { readFileSync } from 'node:fs';
import { Parser, Language } from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load('node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm'));
const tree = parser.parse(readFileSync(process.argv[2], 'utf8'));

const node = (n) => ({
  kind: n.isError ? 'ERROR' : n.isMissing ? 'MISSING' : n.type,
  line: n.startPosition.row + 1,
  text: n.text,
  children: n.namedChildren.filter(c => c.type !== 'comment').map(node),
});
console.log(JSON.stringify({ broken: tree.rootNode.hasError, root: node(tree.rootNode) }));
