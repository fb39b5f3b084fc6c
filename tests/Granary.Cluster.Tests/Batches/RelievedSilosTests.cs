using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>A silo that has nothing to do takes strategies of a feed that another silo has begun.</summary>
public sealed class RelievedSilosTests
{
    [Fact]
    public async Task A_silo_that_takes_work_again_relieves_the_other_in_the_middle_of_its_only_feed()
    {
        using var batches = new TestBatches();
        var batch = batches.Write("relieved", $$"""
            { "name": "relieved", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 5, "slow": [{{string.Join(',', Enumerable.Range(20, 118))}}] },
                  "size": { "percentOfEquity": 20 } },
                { "class": "Dawdler", "params": { "every": 100000, "variant": [1, 2], "gateAt": 400 },
                  "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 128 });
        var (busy, idle) = (cluster.Alive[0], cluster.Alive[1]);
        await cluster.Computes.Of(idle.SiloAddress).DrainAsync(true);
        // Of some 4,300 bars: what is left is worth taking over.
        using var gate = cluster.Gates.Close(400, bar: 1000);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        await Eventually.HoldsAsync(() => cluster.ComputeOf(busy).Begun > 0);
        cluster.ComputeOf(idle).Begun.ShouldBe(0);
        await cluster.Computes.Of(idle.SiloAddress).DrainAsync(false);
        await Eventually.HoldsAsync(() => cluster.ComputeOf(idle).Begun > 0);
        gate.Open();
        var status = await cluster.EndAsync(id);
        (status.State, status.Progress.Done, status.Progress.Failed).ShouldBe((JobState.Done, 120, 0), cluster.Log.Text);
        status.Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest);
    }
}
