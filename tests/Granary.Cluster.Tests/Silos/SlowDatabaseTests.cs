using System.Net;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>
/// Two silos whose database takes a quarter of a second for each message. One batch, and a second one, for which the silos know all grains,
/// with <c>GRANARY_TEST_LONG=1</c>.
/// </summary>
public sealed class SlowDatabaseTests
{
    [Fact]
    public async Task A_batch_ends_with_the_same_digest_and_no_silo_is_declared_dead()
    {
        using var batches = new TestBatches();
        await using var server = await PostgresServer.ShareAsync();
        using var relay = new TcpRelay(IPAddress.Loopback, server.Port);
        var connection = (await server.CreateDatabaseAsync())
            .Replace($"Port={server.Port}", $"Port={relay.Port}", StringComparison.Ordinal);
        var runs = Path.Combine(batches.Folder, "runs");
        await using var first = SiloProcess.Launch(connection, "granary", "--runs", runs, "--threads", "1");
        await using var second = SiloProcess.Launch(connection, "granary", "--runs", runs, "--threads", "1");
        await Task.WhenAll(first.ReadyAsync(), second.ReadyAsync());
        var embedded = await batches.EmbeddedAsync(batches.Mixed);

        relay.Delay = TimeSpan.FromMilliseconds(250);
        using var client = new GranaryClient($"http://127.0.0.1:{first.HttpPort},http://127.0.0.1:{second.HttpPort}", key: null);
        for (var run = 0; run < TestEffort.Of(1, 2); run++)
        {
            var (status, _) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Mixed), batches.Mixed,
                Path.Combine(batches.Folder, $"home{run}"), cancellationToken: TestContext.Current.CancellationToken);
            (status.State, status.Fault, status.Digest).ShouldBe((JobState.Done, null, embedded.Model.Digest));
        }
        relay.Delay = TimeSpan.Zero;
        (await client.ClusterAsync(TestContext.Current.CancellationToken)).Silos.Count.ShouldBe(2);
        (first.HasExited, second.HasExited).ShouldBe((false, false));
        foreach (var silo in (SiloProcess[])[first, second])
            silo.Output.ShouldNotContain("is lost", Case.Sensitive, "no strategy group was rescheduled");
    }
}
