// Parses C# programs and names what is no C# in them: node csharp.mjs Program.cs … A file without a line is right.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const grammar = createRequire(import.meta.url).resolve('tree-sitter-c-sharp/tree-sitter-c_sharp.wasm');
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

function* mistakes(node) {
  if (node.isError || node.isMissing) {
    yield node;
  }
  for (const child of node.children) {
    if (child.hasError || child.isMissing) {
      yield* mistakes(child);
    }
  }
}

let wrong = 0;
for (const file of process.argv.slice(2)) {
  const tree = parser.parse(readFileSync(file, 'utf8'));
  for (const node of mistakes(tree.rootNode)) {
    console.log(`${file}:${node.startPosition.row + 1}: ${node.isMissing ? 'missing' : 'unexpected'} ${JSON.stringify(node.text.slice(0, 60) || node.type)}`);
    wrong++;
  }
  tree.delete();
}
process.exitCode = wrong ? 1 : 0;
