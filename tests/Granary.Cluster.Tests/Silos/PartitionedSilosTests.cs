using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Simulation.Json;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Three silos in network namespaces of their own, one of which is cut off from the others and the database for a time.</summary>
public sealed class PartitionedSilosTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-cut-").FullName;
    private readonly TestBatches _batches = new();
    private readonly List<SiloProcess> _silos = [];
    private SiloNetwork? _network;
    private PostgresServer? _server;
    private TcpRelay? _database;
    private string _connection = null!;
    private string _key = null!;

    private string Gate => Path.Combine(_folder, "gate");

    public async ValueTask InitializeAsync()
    {
        _network = SiloNetwork.Create(3);
        Assert.SkipWhen(_network is null,
            "needs network namespaces: run as root on Linux, in a container with --privileged, with the program ip (apt-get install iproute2)");
        _server = await PostgresServer.ShareAsync();
        _database = new TcpRelay(_network.Gateway, _server.Port);
        _connection = (await _server.CreateDatabaseAsync())
            .Replace($"Host=127.0.0.1;Port={_server.Port}", $"Host={_network.Gateway};Port={_database.Port}", StringComparison.Ordinal);
        _key = await ApiKeys.AddAsync(Path.Combine(_folder, "keys.json"), "operator", Role.Admin, TimeProvider.System,
            cancellationToken: TestContext.Current.CancellationToken);
        var plugin = typeof(Laggard).Assembly.Location;
        Directory.CreateDirectory(Path.Combine(_folder, "plugins"));
        File.Copy(plugin, Path.Combine(_folder, "plugins", Path.GetFileName(plugin)));
        for (var i = 0; i < 3; i++) _silos.Add(Launch(i));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
        _database?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _network?.Dispose();
        _batches.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SiloProcess Launch(int number) => SiloProcess.LaunchIn(_network!.SpaceOf(number), _network.AddressOf(number), _connection,
        new Dictionary<string, string> { [Laggard.Gate] = Gate }, ["--runs", Path.Combine(_folder, "runs"),
        "--plugins", Path.Combine(_folder, "plugins"), "--keys", Path.Combine(_folder, "keys.json"), "--threads", "1",
        .. SiloProcess.Mortal]);

    private string HostsOf(params int[] silos) =>
        string.Join(',', silos.Select(i => $"http://{_network!.AddressOf(i)}:{SiloProcess.PortInSpace}"));

    [Fact]
    public async Task A_silo_that_is_cut_off_loses_its_work_to_the_others_and_joins_again_as_a_new_one()
    {
        var batch = _batches.Write("cut", """
            { "name": "cut", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d" },
              "strategies": [
                { "class": "Laggard", "params": { "variant": [1, 2, 3, 4] }, "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "winners" } }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        await Task.WhenAll(_silos.Select(s => s.ReadyAsync()));
        await File.WriteAllTextAsync(Gate, "", TestContext.Current.CancellationToken);
        var ended = RunAsync([0, 1, 2], batch, "first");
        await SupervisedAsync(() => _silos.Any(HasReporting) && _silos.All(HasWork));
        var cut = _silos.FindIndex(HasReporting);
        int[] others = [.. Enumerable.Range(0, 3).Where(i => i != cut)];

        _network!.Set(cut, connected: false);
        await SupervisedAsync(() => others.Any(i => HasReporting(_silos[i])), but: cut);
        File.Delete(Gate);
        await SupervisedAsync(() => ended.IsCompleted, but: cut);
        var (status, home) = await ended;
        (status.State, status.Fault, status.Digest).ShouldBe((JobState.Done, null, embedded.Model.Digest));
        File.ReadAllText(Path.Combine(home, "trades.csv")).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, "trades.csv")));
        var results = await File.ReadAllBytesAsync(Path.Combine(_folder, "runs", status.Id, "results.json"));

        // The silo learns that it was declared dead, writes nothing more, and ends; its supervisor starts it again.
        _network.Set(cut, connected: true);
        (await _silos[cut].ExitCodeAsync()).ShouldNotBe(0);
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "runs", status.Id, "results.json"))).ShouldBe(results);
        await Eventually.HoldsAsync(AreTogetherAsync);
        var again = RunAsync([cut], batch, "second");
        await SupervisedAsync(() => again.IsCompleted);
        (await again).Status.Digest.ShouldBe(embedded.Model.Digest);
    }

    // Waits, and meanwhile starts silos that have ended, as a supervisor does: a busy machine may have one declared dead.
    private Task SupervisedAsync(Func<bool> condition, int but = -1) => Eventually.HoldsAsync(async () =>
    {
        await SuperviseAsync(but);
        return condition();
    });

    private async Task SuperviseAsync(int but = -1)
    {
        for (var i = 0; i < _silos.Count; i++)
        {
            if (i == but || !_silos[i].HasExited) continue;
            await _silos[i].DisposeAsync();
            _silos[i] = Launch(i);
        }
    }

    private async Task<bool> AreTogetherAsync()
    {
        await SuperviseAsync();
        foreach (var silo in _silos)
            if (!await silo.IsReadyAsync())
                return false;
        using var client = new GranaryClient(HostsOf(0, 1, 2), _key);
        try
        {
            return (await client.ClusterAsync(TestContext.Current.CancellationToken)).Silos.Count == 3;
        }
        catch (ServiceUnavailableException)
        {
            return false;
        }
    }

    private Task<(JobStatus Status, string Folder)> RunAsync(int[] silos, string batch, string folder) =>
        PatientBatch.RunAsync(HostsOf(silos), _key, batch, Path.Combine(_folder, folder));

    private static bool HasReporting(SiloProcess silo) =>
        silo.Output.Contains("reporting started on this silo", StringComparison.Ordinal);

    private static bool HasWork(SiloProcess silo) => silo.Output.Contains("begin on this silo", StringComparison.Ordinal);
}
