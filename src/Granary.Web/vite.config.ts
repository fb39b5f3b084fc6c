import preact from '@preact/preset-vite';
import { defineConfig } from 'vitest/config';

/** The server that `npm run dev` sends calls of the API to. */
const server = process.env.GRANARY_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
    plugins: [preact()],
    build: {
        // The content security policy allows no inline asset and no inline script.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: 'es2022',
        reportCompressedSize: false,
    },
    server: { proxy: { '/api': server, '/openapi': server, '/errors': server } },
    test: { environment: 'happy-dom', include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'] },
});
