import preact from '@preact/preset-vite';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The server that `npm run dev` sends calls of the API to. */
const server = process.env.GRANARY_SERVER ?? 'http://127.0.0.1:8080';

const early = 'src/theme/early.js';

/** Gives the script that sets the theme a name with its hash, as all other files have; Vite leaves scripts alone that are no modules. */
const earlyScript: Plugin = {
    name: 'early-script',
    apply: 'build',
    buildStart() {
        this.emitFile({ type: 'asset', name: 'early.js', source: readFileSync(early) });
    },
    transformIndexHtml: {
        order: 'post',
        handler(html, { bundle }) {
            const file = Object.values(bundle ?? {}).find((f) => f.type === 'asset' && f.names.includes('early.js'));
            if (file === undefined) throw new Error(`${early} is not among the files of the build`);
            return html.replace(`/${early}`, `/${file.fileName}`);
        },
    },
};

export default defineConfig({
    plugins: [preact(), earlyScript],
    build: {
        // The content security policy allows no inline asset and no inline script.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: 'es2022',
        reportCompressedSize: false,
    },
    server: { proxy: { '/api': server, '/openapi': server, '/errors': server, '/docs': server } },
    // One process for all files: one for each takes three times the processor time. Each file puts back what it sets.
    test: { environment: 'happy-dom', include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'], isolate: false, maxWorkers: 1 },
});
