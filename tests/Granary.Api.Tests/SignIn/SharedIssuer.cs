namespace Granary.Api.Tests.SignIn;

/// <summary>
/// One issuer for a class, and servers for its tests that neither move the clock nor look at the folder. A test that stops the issuer or
/// changes its key starts its own.
/// </summary>
public sealed class SharedIssuer : IAsyncLifetime
{
    private readonly Dictionary<string, SignedInServer> _servers = new(StringComparer.Ordinal);

    internal LocalIssuer Issuer { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Issuer = await LocalIssuer.StartAsync();

    /// <summary>The server that reads a person's roles from a claim.</summary>
    internal async Task<SignedInServer> ServerAsync(string claim = "roles")
    {
        if (_servers.TryGetValue(claim, out var known)) return known;
        var server = await SignedInServer.StartAsync(Issuer, options: o => o with { OidcRoleClaim = claim },
            settings: s => s with { RequestsPerSecond = 1_000_000 });
        await Issuer.AllowAsync(server.Address);
        return _servers[claim] = server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
