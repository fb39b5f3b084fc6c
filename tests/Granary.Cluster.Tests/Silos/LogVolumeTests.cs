using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Sessions;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The lines that a real silo logs at the level of a deployment.</summary>
public sealed class LogVolumeTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    // Orleans logs these with stack traces if a timer ends while its callback waits, as at the end of each batch.
    private static readonly string[] s_noise = ["Orleans.Runtime.GrainTimer", "Orleans.Grain.InvokeException"];

    [Fact]
    public async Task A_session_logs_no_line_for_a_bar_and_a_batch_some_for_each_strategy_group()
    {
        var ports = FreePorts.Take(3);
        await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}",
            "--gateway-port", $"{ports[2]}"], httpPort: ports[0]);
        await silo.ReadyAsync();
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        await client.StartSessionAsync(made.Start("seed=5,reject=0.2"));
        var session = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => !s.IsRunning, Eventually.LongestWork);
        session.Phase.ShouldBe(SessionPhase.Done, session.Fault);
        session.Status!.Bars.ShouldBeGreaterThan(400);
        session.Status.Rejected.ShouldBeGreaterThan(0);

        using var batches = new TestBatches();
        var (status, _) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Sweep), "sweep.json",
            Path.Combine(batches.Folder, "home"));
        status.Progress.Strategies.ShouldBe(200);
        await Eventually.HoldsAsync(() => silo.Output.Contains($"Run {status.Id} ended as Done", StringComparison.Ordinal));
        await silo.LeaveAsync();

        var lines = silo.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        var ofSession = lines.Where(l => Text(l).Contains(LiveSilos.Account, StringComparison.Ordinal)).ToList();
        ofSession.Count.ShouldBeInRange(1, 15, string.Join('\n', ofSession.Select(Text)));
        // Two for each of the groups, and some for the batch.
        var ofBatch = lines.Where(l => Text(l).Contains(status.Id, StringComparison.Ordinal)).ToList();
        ofBatch.Count.ShouldBeInRange(5, 40, string.Join('\n', ofBatch.Select(Text)));
        lines.Where(l => s_noise.Contains((string)l["Category"]!)).Select(Text).ShouldBeEmpty();
    }

    private static string Text(JsonNode line) => (string)line["Message"]!;
}
