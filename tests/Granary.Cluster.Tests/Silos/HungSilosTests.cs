using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Contracts.Jobs;
using Granary.Contracts.Operations;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Two silos in processes of their own, one of which the system stops (SIGSTOP) for a time and then continues.</summary>
public sealed class HungSilosTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-hung-").FullName;
    private readonly TestBatches _batches = new();
    private readonly List<SiloProcess> _silos = [];
    private PostgresServer? _server;
    private string _connection = null!;

    private string Gate => Path.Combine(_folder, "gate");

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.ShareAsync();
        _connection = await _server.CreateDatabaseAsync();
        var plugin = typeof(Laggard).Assembly.Location;
        Directory.CreateDirectory(Path.Combine(_folder, "plugins"));
        File.Copy(plugin, Path.Combine(_folder, "plugins", Path.GetFileName(plugin)));
        for (var i = 0; i < 2; i++) _silos.Add(Launch(FreePorts.Take(3)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _batches.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SiloProcess Launch(int[] ports) =>
        SiloProcess.Launch(_connection, "granary", ports, new Dictionary<string, string> { [Laggard.Gate] = Gate },
            ["--runs", Path.Combine(_folder, "runs"), "--plugins", Path.Combine(_folder, "plugins"), "--threads", "1",
                .. SiloProcess.Mortal]);

    [Fact]
    public async Task While_the_silo_with_the_reporting_grain_hangs_another_one_finishes_the_batch_and_the_hung_one_ends_itself()
    {
        var batch = _batches.Write("hung", """
            { "name": "hung", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d" },
              "strategies": [
                { "class": "Laggard", "params": { "variant": [1, 2, 3, 4] }, "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "winners" } }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        await Task.WhenAll(_silos.Select(s => s.ReadyAsync()));
        await File.WriteAllTextAsync(Gate, "");
        var ended = PatientBatch.RunAsync(string.Join(',', _silos.Select(s => $"http://127.0.0.1:{s.HttpPort}")), key: null, batch,
            Path.Combine(_folder, "home"));
        await Eventually.HoldsAsync(() => _silos.Any(HasReporting));
        var hung = _silos.Single(HasReporting);
        var survivor = _silos.Single(s => s != hung);
        var reported = Path.Combine(_folder, "runs");
        await Eventually.HoldsAsync(() => _silos.All(s => s.Output.Contains("begin on this silo", StringComparison.Ordinal)));

        hung.Stop();
        // The survivor goes on while the other one still hangs, and still has its files open.
        await Eventually.HoldsAsync(() => HasReporting(survivor));
        File.Delete(Gate);
        var (status, home) = await ended.WaitAsync(Eventually.LongestWork, TestContext.Current.CancellationToken);
        (status.State, status.Fault, status.Digest).ShouldBe((JobState.Done, null, embedded.Model.Digest));
        File.ReadAllText(Path.Combine(home, "trades.csv")).ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, "trades.csv")));
        var results = await File.ReadAllBytesAsync(Path.Combine(reported, status.Id, "results.json"));

        hung.Continue();
        (await hung.ExitCodeAsync()).ShouldBe(134, "the exit code of the runbook");
        hung.Output.ShouldContain("This silo ends at once");
        (await File.ReadAllBytesAsync(Path.Combine(reported, status.Id, "results.json"))).ShouldBe(results);
        survivor.HasExited.ShouldBeFalse();

        // An operator sees the silo that is left, and retires it.
        using var operatorClient = new GranaryClient($"http://127.0.0.1:{survivor.HttpPort}", key: null);
        var silo = (await operatorClient.ClusterAsync(TestContext.Current.CancellationToken)).Silos.ShouldHaveSingleItem();
        await operatorClient.CommandSiloAsync(silo.Name, SiloCommand.Retire, TestContext.Current.CancellationToken);
        (await survivor.ExitCodeAsync()).ShouldBe(0);
    }

    private static bool HasReporting(SiloProcess silo) =>
        silo.Output.Contains("reporting started on this silo", StringComparison.Ordinal);
}
