using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Feeds;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Strategies;
using Granary.Testing;
using Orleans.Core.Internal;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

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
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(TestBatches.FeedOf(batch, "COINUSDT").Key);
        await BegunAgainAsync(cluster, id,
            [.. Enumerable.Range(1, 3).Select(v => $"Dawdler(every=60,milliseconds=1,variant={v},gateAt=410)@COINUSDT:1h")]);
        await DeactivatedAsync(feed);
        // A pass that begins again is one that somebody new has asked for.
        var begun = Passes(cluster, id);
        await DeactivatedAsync(cluster.Grains.GetGrain<IReportingGrain>(id));
        await Eventually.HoldsAsync(() => Passes(cluster, id) > begun);
        begun = Passes(cluster, id);
        await DeactivatedAsync(cluster.Grains.GetGrain<IJobGrain>(id));
        (await cluster.Batches.FindAsync(id))!.State.ShouldBe(JobState.Running);
        await Eventually.HoldsAsync(() => Passes(cluster, id) > begun);
        gate.Open();
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        (status.Progress.Done, status.Progress.Failed, status.Trades).ShouldBe((embedded.Model.Strategies.Count, 0, embedded.Trades));

        async Task DeactivatedAsync(IAddressable grain)
        {
            await Eventually.HoldsAsync(async () => await management.GetActivationAddress(grain) is not null);
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        }
    }

    // One strategy, which waits at a gate.
    private static string OneThatWaits(TestBatches batches, string name, int gate) => batches.Write(name, $$"""
        { "name": "{{name}}", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
          "strategies": [ { "class": "Dawdler", "params": { "every": 60, "milliseconds": 1, "gateAt": {{gate}} },
            "size": { "percentOfEquity": 20 } } ], "portfolio": { "weights": "equal" } }
        """);

    [Fact]
    public async Task A_batch_grain_that_stood_still_while_another_activation_took_over_orders_nothing_more()
    {
        using var batches = new TestBatches();
        var batch = OneThatWaits(batches, "still", 430);
        var reporting = new HungCalls(int.MaxValue, nameof(IReportingGrain.BeginAsync));
        await using var cluster = await TestSilos.StartAsync(1,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) },
            silo => silo.AddIncomingGrainCallFilter(reporting));
        using var gate = cluster.Gates.Close(430);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        // It waits in the middle of a call, as on a silo that the system stopped.
        reporting.Hang();
        await Eventually.HoldsAsync(() => reporting.Held > 0);
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        cluster.Storage.Rewrite("batch", cluster.Grains.GetGrain<IJobGrain>(id).GetGrainId());
        cluster.Log.Text.ShouldNotContain($"Run {id} is controlled by this silo");
        reporting.Release();
        // The strategy still waits: the activation wrote nothing of its own, and nevertheless ends.
        await Eventually.HoldsAsync(() => cluster.Log.Text.Contains($"Run {id} is controlled by this silo", StringComparison.Ordinal));
        gate.Open();
        (await cluster.EndAsync(id)).Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest, cluster.Log.Text);
    }

    [Fact]
    public async Task A_batch_grain_whose_record_another_activation_wrote_ends_and_the_next_one_finishes_the_batch()
    {
        using var batches = new TestBatches();
        var batch = OneThatWaits(batches, "rewritten", 420);
        await using var cluster =
            await TestSilos.StartAsync(1, s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });
        using var gate = cluster.Gates.Close(420);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        cluster.Storage.Rewrite("batch", cluster.Grains.GetGrain<IJobGrain>(id).GetGrainId());
        gate.Open();
        var status = await cluster.EndAsync(id);
        status.Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest, cluster.Log.Text);
        cluster.Log.Text.ShouldContain($"Run {id} is controlled by this silo");
    }

    // Only its own silo knows a strategy's grain: the silo is asked, and the call that ends the activation names it.
    private static async Task BegunAgainAsync(TestSilos cluster, string run, IReadOnlyList<string> strategies)
    {
        async Task<(InProcessSiloHandle Silo, string Strategy)?> RunningAsync()
        {
            foreach (var strategy in strategies)
                foreach (var silo in cluster.Alive)
                    if (await cluster.Computes.Of(silo.SiloAddress).StrategyAsync(run, strategy) is { Bars: > 0 })
                        return (silo, strategy);
            return null;
        }
        // The gate may be reached by the strategies of the other market, before one of these has begun.
        var (owner, running) = (await Eventually.IsAsync(RunningAsync, o => o is not null))!.Value;
        var grain = cluster.Grains.GetGrain<IStrategyGrain>($"{run}/{running}");
        var begun = cluster.Alive.Sum(s => cluster.ComputeOf(s).Begun);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, owner.SiloAddress);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        // The strategies of its feed run again from their first bar.
        await Eventually.HoldsAsync(() => cluster.Alive.Sum(s => cluster.ComputeOf(s).Begun) > begun);
    }

    private static int Passes(TestSilos cluster, string run) =>
        cluster.Log.Text.Split('\n').Count(l => l.Contains($"Run {run}: pass ", StringComparison.Ordinal));
}
