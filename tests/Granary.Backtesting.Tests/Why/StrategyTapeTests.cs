using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Why;
using Granary.Contracts.Why;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Why;

/// <summary>The recorded run of a strategy: what it keeps, and that steps run nothing again.</summary>
public sealed class StrategyTapeTests : IDisposable
{
    private static readonly string s_data = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-tape-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string data) => new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
        { "data": { "source": "csv:{{data}}", "symbols": ["ACME"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "both", "trailingStopPercent": 2 } ],
          "portfolio": { "weights": "equal" } }
        """), _folder);

    [Fact]
    public async Task A_tape_that_keeps_a_part_of_the_bars_has_the_same_bars_accounts_and_conditions_as_the_whole()
    {
        await using var opened = await OpenedBatch.OpenAsync(Spec(s_data), new BatchOpening { Threads = 1 },
            TestContext.Current.CancellationToken);
        var (plan, instance) = (opened.Plan, opened.Plan.Instances[0]);
        var whole = await TapeRun.RecordAsync(plan, opened.Markets, instance, 0, TestContext.Current.CancellationToken);
        Assert.True(whole is { IsWhole: true, FirstRow: 0, EndRow: > 2000 });
        foreach (var at in new[] { 0L, 300, 1500, whole.EndRow - 1 })
        {
            var part = await TapeRun.RecordAsync(plan, opened.Markets, instance, whole.TimeOf(at), TestContext.Current.CancellationToken,
                most: 8_000);
            Assert.InRange(at, part.FirstRow, part.EndRow - 1);
            Assert.InRange(part.EndRow - part.FirstRow, 10, 1000);
            for (var row = part.FirstRow; row < part.EndRow; row++)
            {
                var (a, b) = (whole.Symbols[0].IndexAt(whole.TimeOf(row)), part.Symbols[0].IndexAt(part.TimeOf(row)));
                Assert.Equal(whole.Symbols[0][a], part.Symbols[0][b]);
                Assert.Equal(whole.Symbols[0].Held(0, a), part.Symbols[0].Held(0, b));
                Assert.Equal(whole.Symbols[0].Factor(1, a), part.Symbols[0].Factor(1, b));
                var (expected, actual) = (whole.AccountAt(row)!.Value, part.AccountAt(row)!.Value);
                Assert.Equal(expected.Equity, actual.Equity);
                Assert.Equal(expected.State.Symbols[0].Quantity, actual.State.Symbols[0].Quantity);
                Assert.Equal(expected.State.Symbols[0].BarsInTrade, actual.State.Symbols[0].BarsInTrade);
                Assert.Equal(expected.State.Symbols[0].Trades, actual.State.Symbols[0].Trades);
                Assert.Equal(expected.State.Symbols[0].Orders, actual.State.Symbols[0].Orders);
                Assert.Equal(whole.EventsOf(row).Select(WhyTextOf), part.EventsOf(row).Select(WhyTextOf));
            }
        }

        static string WhyTextOf(Engine.Trading.RunEvent e) => WhyText.SentenceOf(e);
    }

    [Fact]
    public async Task Steps_read_the_recorded_replay_and_no_bars()
    {
        var data = Path.Combine(_folder, "bars");
        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(s_data, "ACME.csv"), Path.Combine(data, "ACME.csv"));
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(Spec(data),
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
        var why = new RunWhy(new RunLibrary(_folder), TestCatalogues.All, TimeProvider.System);
        var first = await why.AnswerAsync("run", new WhyQuery("SmaCross(fast=5,slow=20)@ACME:1h", Signal: 3));
        // Without its bars the run cannot be replayed a second time.
        File.Delete(Path.Combine(data, "ACME.csv"));
        var bar = first.Bar!;
        for (var step = 1; step <= 200; step++)
        {
            var next = await why.AnswerAsync("run", new WhyQuery("SmaCross(fast=5,slow=20)@ACME:1h", At: bar.Time, Step: 1));
            Assert.Equal(bar.Number + 1, next.Bar!.Number);
            Assert.NotNull(next.Portfolio);
            bar = next.Bar;
        }
    }
}
