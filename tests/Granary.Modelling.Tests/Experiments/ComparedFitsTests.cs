using System.Text;
using System.Text.Json;
using Granary.Modelling.Experiments;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;
using Granary.Testing;

namespace Granary.Modelling.Tests.Experiments;

/// <summary>The fits of a comparison without a search may be made by another process.</summary>
public sealed class ComparedFitsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-compared").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Batch(string registry, int bars = 2) => new BatchReader(TestCatalogues.All).Read("batch.json",
        Encoding.UTF8.GetBytes($$"""
            { "name": "compared", "data": { "source": "csv:.", "symbols": "*", "timeframe": "1h" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": [6, 400] }, "sides": "both",
                "size": { "cash": 1000 } }],
              "execution": { "commissionPercent": 0.02 },
              "learning": { "trainer": "naive-bayes", "label": "trade", "registry": "{{registry}}", "features": ["return(1)", "rsi(14)"],
                "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 },
                "experiment": { "fitness": "sortino", "trainers": ["naive-bayes", "tree"],
                  "labels": ["trade", { "kind": "direction", "bars": {{bars}} }] } } }
            """), _folder);

    // Asks another process for each trial, the last one first.
    private sealed class Elsewhere(IWorkMaker other) : IWorkHost
    {
        public List<FitItem> Asked { get; } = [];

        public async Task RunAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> make,
            Action<int, TResult> made, CancellationToken cancellationToken) where TItem : WorkItem where TResult : WorkResult
        {
            for (var place = items.Count - 1; place >= 0; place--)
            {
                var there = (await other.FindAsync(items[place], cancellationToken)).ShouldNotBeNull();
                made(place, (TResult)await there(cancellationToken));
            }
            Asked.AddRange(items.Cast<FitItem>());
        }
    }

    private static async Task<string> TableAsync(BatchSpec batch, int threads, IWorkHost? work)
    {
        var table = await new TrainerComparison(new EmbeddedHost(threads), TimeProvider.System, threads, ledger: null, work)
            .RunAsync(batch, cancellationToken: TestContext.Current.CancellationToken);
        table.ShouldContain(t => t.Error == null);
        // The slow strategies close too few trades.
        table.ShouldContain(t => t.Error != null);
        return JsonSerializer.Serialize(table.Select(t => t with { Seconds = 0 }));
    }

    [Fact]
    public async Task The_table_of_fits_that_another_process_made_in_another_order_is_that_of_one_process()
    {
        var token = TestContext.Current.CancellationToken;
        MomentumMarket.Write(_folder, "MOM", 0.5, 3, 700, int.MaxValue);
        MomentumMarket.Write(_folder, "WALK", 0, 4, 700, int.MaxValue);
        var here = await TableAsync(Batch("here"), 2, null);
        await using var other = await PreparedComparison.OpenAsync(Batch("other"), null, new EmbeddedHost(1), 1, token);
        var host = new Elsewhere(other);
        (await TableAsync(Batch("there"), 1, host)).ShouldBe(here);
        host.Asked.Select(t => t.Candidate).Distinct().ShouldBe([0, 1, 2, 3]);
        host.Asked.Select(t => t.Key).Distinct().Count().ShouldBe(host.Asked.Count);
        Directory.Exists(Path.Combine(_folder, "other")).ShouldBeFalse("the other process keeps nothing");

        // The registry's cache has all fits that could be made, so only those that could not are tried again.
        var again = new Elsewhere(other);
        (await TableAsync(Batch("there"), 1, again)).ShouldBe(here);
        again.Asked.Count.ShouldBeLessThan(host.Asked.Count / 4);

        var first = host.Asked[0];
        foreach (var unknown in new[] { first with { Search = 1000 }, first with { Search = -1 }, first with { Candidate = 4 },
            first with { Inner = 1000 }, first with { Inner = -2 }, first with { Key = "other" }, first with { Candidate = 1 } })
            (await other.FindAsync(unknown, token)).ShouldBeNull();
        var labelled = host.Asked.First(t => t.Candidate == 2);
        await using var longer = await PreparedComparison.OpenAsync(Batch("other", bars: 3), null, new EmbeddedHost(1), 1, token);
        (await longer.FindAsync(labelled, token)).ShouldBeNull();
        MomentumMarket.Write(_folder, "MOM", 0.5, 5, 700, int.MaxValue);
        await using var changed = await PreparedComparison.OpenAsync(Batch("other"), null, new EmbeddedHost(1), 1, token);
        (await changed.FindAsync(first, token)).ShouldBeNull();
    }
}
