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
              "strategies": [ { "class": "Dawdler", "params": { "every": 100, "variant": [{{string.Join(',', Enumerable.Range(1, 120))}}] },
                "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 128 });
        var (busy, idle) = (cluster.Alive[0], cluster.Alive[1]);
        await cluster.Computes.Of(idle.SiloAddress).DrainAsync(true);
        var id = await cluster.SubmitAsync(batch);
        await Eventually.HoldsAsync(() => cluster.ComputeOf(busy).Begun > 0);
        cluster.ComputeOf(idle).Begun.ShouldBe(0);
        await cluster.Computes.Of(idle.SiloAddress).DrainAsync(false);
        var status = await cluster.EndAsync(id);
        (status.State, status.Progress.Done, status.Progress.Failed).ShouldBe((JobState.Done, 120, 0), TestSilos.Log.Tail);
        status.Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest);
        cluster.ComputeOf(idle).Begun.ShouldBeGreaterThan(0);
    }
}
