// The repository around the site: where it is on this machine, and its address on the web.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const site = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const root = resolve(site, '..');

/** The address of the repository on the web without a slash at its end, or '' where none is known: then links to source files are text. */
export function repositoryAddress() {
    const address = process.env.GRANARY_REPOSITORY ?? fromProperties() ?? fromGit() ?? '';
    return address.replace(/\.git$/, '').replace(/\/$/, '');
}

function fromProperties() {
    return readFileSync(`${root}/src/Directory.Build.props`, 'utf8').match(/<RepositoryUrl>([^<$]+)<\/RepositoryUrl>/)?.[1];
}

function fromGit() {
    try {
        const remote = execFileSync('git', ['-C', root, 'remote', 'get-url', 'origin'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
        const ssh = remote.match(/^git@([^:]+):(.+)$/);
        return ssh ? `https://${ssh[1]}/${ssh[2]}` : /^https?:/.test(remote) ? remote : undefined;
    } catch {
        return undefined; // no git, or no remote of that name
    }
}
