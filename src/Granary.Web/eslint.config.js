import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
    { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
    js.configs.recommended,
    ...ts.configs.strict,
    {
        plugins: { 'react-hooks': hooks },
        rules: {
            'react-hooks/rules-of-hooks': 'error',
            'react-hooks/exhaustive-deps': 'error',
            'max-lines': ['error', 400],
            // The policy of the server refuses what these would write into the page.
            'no-restricted-properties': ['error', { property: 'innerHTML' }, { property: 'outerHTML' }],
            'no-restricted-globals': [
                'error',
                { name: 'localStorage', message: 'Keys stay in session memory; use theme/settings.ts for settings.' },
            ],
        },
    },
    {
        files: ['src/theme/settings.ts', 'src/theme/early.js', 'src/views/editor/drafts.ts', 'tests/**'],
        rules: { 'no-restricted-globals': 'off' },
    },
    {
        files: ['src/theme/early.js'],
        languageOptions: { globals: { localStorage: 'readonly', matchMedia: 'readonly', document: 'readonly' } },
    },
    { files: ['scripts/*.mjs'], languageOptions: { globals: { URL: 'readonly', console: 'readonly', process: 'readonly' } } },
);
