using System.Diagnostics;
using Granary.Server.Access;
using Granary.Testing;
using ModelContextProtocol.Client;

[assembly: AssemblyFixture(typeof(Granary.Assistants.Tests.ServedAssistants))]

namespace Granary.Assistants.Tests;

/// <summary>One <c>granary serve --mcp</c> with keys, for the tests that do not end it; the first of them starts it.</summary>
public sealed class ServedAssistants : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Lazy<Task<AssistantServer>> _server;

    public ServedAssistants() => _server = new(() => AssistantServer.StartAsync(_folder));

    internal string Folder => _folder.Root;

    internal Task<AssistantServer> ServerAsync => _server.Value;

    /// <summary>A client with the key of a role, or one with limits.</summary>
    public async Task<McpClient> ClientAsync(string key = "submitter") => await (await _server.Value).ClientAsync(key);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) (await _server.Value).Dispose();
        _folder.Dispose();
    }
}

/// <summary>A process <c>granary serve --mcp</c>.</summary>
internal sealed class AssistantServer : IDisposable
{
    private readonly Process _process;
    private readonly IReadOnlyDictionary<string, string> _keys;

    private AssistantServer(Process process, string url, IReadOnlyDictionary<string, string> keys) =>
        (_process, Url, _keys) = (process, url, keys);

    public string Url { get; }

    public string Key(string name) => _keys[name];

    /// <param name="url">The address to listen on; a free port without one.</param>
    /// <param name="keys">Keys of an earlier server in the folder; null = new ones.</param>
    public static async Task<AssistantServer> StartAsync(TestFolder folder, string url = "http://127.0.0.1:0",
        IReadOnlyDictionary<string, string>? keys = null)
    {
        keys ??= await MakeKeysAsync(folder.At("keys.json"));
        var process = folder.Start("serve", "--urls", url, "--runs", folder.At("runs"), "--data", folder.At("data"), "--keys",
            folder.At("keys.json"), "--mcp");
        return new AssistantServer(process, await ListeningServer.AddressAsync(process), keys);
    }

    public IReadOnlyDictionary<string, string> Keys => _keys;

    public Task<McpClient> ClientAsync(string key) => McpClient.CreateAsync(new HttpClientTransport(new()
    {
        Endpoint = new Uri(Url + "/mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + _keys[key] },
    }));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Dictionary<string, string>> MakeKeysAsync(string file)
    {
        var keys = new Dictionary<string, string>();
        foreach (var role in Enum.GetValues<Role>())
        {
            var name = role.ToString().ToLowerInvariant();
            keys[name] = await ApiKeys.AddAsync(file, name, role, TimeProvider.System);
        }
        keys["limited"] = await ApiKeys.AddAsync(file, "limited", Role.Submitter, TimeProvider.System,
            rights: new(Limits: new TrialLimits(4, new DateTimeOffset(2022, 9, 1, 0, 0, 0, TimeSpan.Zero))));
        return keys;
    }
}
