using Granary.Testing;

[assembly: AssemblyFixture(typeof(Granary.Api.Tests.SharedServers))]

namespace Granary.Api.Tests;

/// <summary>
/// Servers for tests that change nothing which another test reads. Their jobs wait: a test that lets jobs go on, or looks at the folder or
/// at a list, starts its own server.
/// </summary>
public sealed class SharedServers : IAsyncDisposable
{
    private readonly Lazy<Task<ApiServer>> _plain = new(() => ApiServer.StartAsync(parts: ServerParts.Sessions));
    private readonly Lazy<Task<ApiServer>> _confined =
        new(() => ApiServer.StartAsync(settings: s => s with { Confined = true }, parts: ServerParts.Sessions));

    internal Task<ApiServer> PlainAsync => _plain.Value;

    internal Task<ApiServer> ConfinedAsync => _confined.Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (Lazy<Task<ApiServer>>[])[_plain, _confined])
            if (server.IsValueCreated) await (await server.Value).DisposeAsync();
    }
}
