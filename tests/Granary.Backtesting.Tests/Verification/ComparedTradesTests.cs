using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>Trades of two run folders that hold strategies of several symbols.</summary>
public sealed class ComparedTradesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-compared-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> RunAsync()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
                        "symbols": ["ACME", "BOLT", "CRUX"], "timeframe": "1h" },
              "strategies": [ { "class": "MomentumRank", "params": { "lookback": 40, "top": 2, "every": 30 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results", "trades"] }
            """), Path.GetTempPath());
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "first"), Validation = false });
        return run.Folder;
    }

    private static SavedRun Read(string folder) => SavedRun.Read(folder, MetricCatalogue.BuiltIn);

    [Fact]
    public async Task Trades_of_a_strategy_of_several_symbols_are_paired_by_symbol()
    {
        var first = await RunAsync();
        var trades = Read(first).Trades(0).ToList();
        var symbols = Read(first).Model.Strategies[0].Symbols.ShouldNotBeNull();
        // Several symbols are entered at one time, so that time and side alone name no trade.
        trades.GroupBy(t => (t.EntryTime, t.Side)).ShouldContain(g => g.Count() > 1);

        // The second run differs in the trades of BOLT alone: it has none.
        var second = Directory.CreateDirectory(Path.Combine(_folder, "second")).FullName;
        foreach (var file in Directory.EnumerateFiles(first)) File.Copy(file, Path.Combine(second, Path.GetFileName(file)));
        var lines = await File.ReadAllLinesAsync(Path.Combine(first, "trades.csv"));
        await File.WriteAllLinesAsync(Path.Combine(second, "trades.csv"),
            lines.Where(l => !l.Contains(",BOLT,", StringComparison.Ordinal)));

        var difference = RunDifference.Of(first, Read(first), second, Read(second));

        difference.Trades.Count.ShouldBe(trades.Count(t => symbols[t.SymbolIndex] == "BOLT"));
        difference.Trades.ShouldAllBe(t => t.Kind == TradeDifference.OnlyFirst && t.Symbol == "BOLT");
    }
}
