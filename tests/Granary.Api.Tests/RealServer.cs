namespace Granary.Api.Tests;

/// <summary>A server for the tests of a class that make runs and read them by their ids.</summary>
public sealed class RealServer : IAsyncLifetime
{
    internal ApiServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ApiServer.StartAsync(parts: ServerParts.RealHost);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
