using Granary.Application.Jobs;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Feeds;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Testing;
using Orleans.Core.Internal;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Grains that go in the middle of a batch while their silo stays: what follows has to go on from what is stored.</summary>
public sealed class OwnDeactivationTests
{
    [Fact]
    public async Task Batch_reporting_feed_and_strategy_grains_come_back_and_the_batch_ends_with_the_same_digest()
    {
        using var batches = new TestBatches();
        var batch = batches.Write("gone", """
            { "name": "gone", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 60, "milliseconds": 1, "variant": [1, 2, 3], "gateAt": 410 },
                "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        var embedded = await batches.EmbeddedAsync(batch);
        await using var cluster =
            await TestSilos.StartAsync(2, s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        using var gate = cluster.Gates.Close(410);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(new FeedKey(id, "COINUSDT", Timeframe.Parse("1h")).ToString());
        var strategy = cluster.Grains.GetGrain<IStrategyGrain>($"{id}/Dawdler(every=60,milliseconds=1,variant=1,gateAt=410)@COINUSDT:1h");
        await DeactivatedAsync(strategy);
        await DeactivatedAsync(feed);
        // A pass that begins again is one that somebody new has asked for.
        var begun = Passes(id);
        await DeactivatedAsync(cluster.Grains.GetGrain<IReportingGrain>(id));
        await Eventually.HoldsAsync(() => Passes(id) > begun);
        begun = Passes(id);
        await DeactivatedAsync(cluster.Grains.GetGrain<IBatchGrain>(id));
        (await cluster.Batches.FindAsync(id))!.State.ShouldBe(JobState.Running);
        await Eventually.HoldsAsync(() => Passes(id) > begun);
        gate.Open();
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        (status.Progress.Done, status.Progress.Failed, status.Trades).ShouldBe((embedded.Model.Strategies.Count, 0, embedded.Trades));

        async Task DeactivatedAsync(IAddressable grain)
        {
            await Eventually.HoldsAsync(async () => await management.GetActivationAddress(grain) is not null);
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        }
    }

    private static int Passes(string run) =>
        TestSilos.Log.Tail.Split('\n').Count(l => l.Contains($"Run {run}: pass ", StringComparison.Ordinal));
}
