using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A silo in a process of its own whose strategy does not return.</summary>
public sealed class StuckStrategiesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-stuck-").FullName;
    private readonly TestBatches _batches = new();
    private readonly int[] _ports = FreePorts.Take(3);
    private PostgresServer? _server;
    private string _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.ShareAsync();
        _connection = await _server.CreateDatabaseAsync();
        var plugin = typeof(Stuck).Assembly.Location;
        Directory.CreateDirectory(Path.Combine(_folder, "plugins"));
        File.Copy(plugin, Path.Combine(_folder, "plugins", Path.GetFileName(plugin)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _batches.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SiloProcess Launch() => SiloProcess.Launch(_connection, "granary", _ports, new Dictionary<string, string>(),
        ["--runs", Path.Combine(_folder, "runs"), "--plugins", Path.Combine(_folder, "plugins"), "--threads", "1",
            "--strategy-deadline", "2"]);

    [Fact]
    public async Task A_strategy_that_does_not_return_fails_its_batch_and_ends_the_silo_and_the_restarted_silo_runs_other_batches()
    {
        string Batch(string name, int at) => _batches.Write(name, $$"""
            { "name": "{{name}}", "data": { "source": "csv:data/1d", "symbols": "*", "timeframe": "1d" },
              "strategies": [ { "class": "Stuck", "params": { "at": {{at}} } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] } } ] }
            """);
        string id;
        await using (var silo = Launch())
        {
            await silo.ReadyAsync();
            using var client = new GranaryClient($"http://127.0.0.1:{_ports[0]}", key: null);
            var file = Batch("stuck", at: 50);
            id = (await client.SubmitAsync(new BatchReader(TestCatalogues.All).Read(file), file,
                cancellationToken: TestContext.Current.CancellationToken)).Id;
            (await silo.ExitCodeAsync()).ShouldBe(1);
            silo.Output.ShouldContain("did not return from a block of bars within 2 s");
            silo.Output.ShouldContain("This silo ends, since the strategy keeps one of its threads");
        }
        await using var restarted = Launch();
        await restarted.ReadyAsync();
        using var again = new GranaryClient($"http://127.0.0.1:{_ports[0]}", key: null);
        var status = await again.GetAsync(id, TestContext.Current.CancellationToken);
        status.State.ShouldBe(JobState.Failed);
        status.Fault.ShouldNotBeNull().ShouldStartWith("the strategy Stuck(at=50)");
        var (other, _) = await PatientBatch.RunAsync($"http://127.0.0.1:{_ports[0]}", key: null, Batch("healthy", at: 0),
            Path.Combine(_folder, "home"));
        (other.State, other.Fault).ShouldBe((JobState.Done, null));
        restarted.HasExited.ShouldBeFalse();
    }
}
