using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Data.BarFiles;
using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Bars that have not closed: a backtest says so, and a live session trades none of them.</summary>
public sealed class UnclosedBarsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 15, 0, 0, TimeSpan.Zero);
    private readonly string _folder = MemoryFolder.Create("granary-unclosed-");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Days from 20 November to 9 December 2026, that of the 27th still open at 15:00.
    private void WriteDays() => File.WriteAllText(Path.Combine(_folder, "A.csv"), "time,open,high,low,close,volume\n" + string.Concat(
        Enumerable.Range(0, 20).Select(i => $"{new DateTime(2026, 11, 20).AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)},"
            + "10,12,9,11,5\n")));

    [Fact]
    public async Task A_backtest_over_days_that_have_not_closed_says_so()
    {
        WriteDays();
        var spec = new BatchReader(TestCatalogues.All).Read("x.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "x", "data": { "source": "csv:{{_folder}}", "symbols": ["A"], "timeframe": "1d" },
                  "strategies": [ { "class": "BuyAndHold", "size": { "units": 1 } } ], "outputs": ["results"] }
                """), Path.GetTempPath());
        async Task<string> ResultsAt(DateTimeOffset now, string name)
        {
            var run = Path.Combine(_folder, "runs", name);
            await new BatchRunner(new EmbeddedHost(1), new ManualClock(now)).RunAsync(spec,
                new BatchOptions { Out = run, Validation = false, Yes = true });
            return await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken);
        }
        (await ResultsAt(Now, "open")).ShouldContain(
            "A: 13 bars end after this moment, 2026-11-27 15:00 UTC (2026-11-27 00:00 to 2026-12-09 00:00)");
        (await ResultsAt(Now.AddDays(30), "closed")).ShouldNotContain("after this moment");
    }

    [Fact]
    public async Task A_live_feed_of_a_file_ends_with_the_last_closed_bar_and_says_what_it_left_out()
    {
        WriteDays();
        var spec = new BatchReader(TestCatalogues.All).Read("x.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "x", "data": { "source": "csv:{{_folder}}", "symbols": ["A"], "timeframe": "1d" },
                  "strategies": [ { "class": "BuyAndHold", "size": { "units": 1 } } ] }
                """), Path.GetTempPath());
        await using var feed = await LocalEnvironment.OpenFeedAsync(new SessionOptions { Feed = Address.Parse("csv:" + _folder) },
            TestCatalogues.All, spec.Data, [new BarQuery("A", Timeframe.D1)], new ManualClock(Now), TestContext.Current.CancellationToken);
        var days = new List<int>();
        await foreach (var item in feed.ReadAsync(TestContext.Current.CancellationToken))
            if (item.Kind == FeedItemKind.Bars)
                for (var i = 0; i < item.Bars!.Count; i++) days.Add(new DateTime(item.Bars.Time[i]).Day);
        days.ShouldBe([20, 21, 22, 23, 24, 25, 26]);
        feed.Notes.ShouldContain(n => n.StartsWith("A: 13 bars end after this moment, 2026-11-27 15:00 UTC", StringComparison.Ordinal)
            && n.EndsWith("nothing was decided on it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replay_that_publishes_keeps_all_bars()
    {
        WriteDays();
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder), [new BarQuery("A", Timeframe.D1)],
            ReplaySpeed.AsFastAsPossible, new ManualClock(Now), cancellationToken: TestContext.Current.CancellationToken);
        var bars = 0;
        await foreach (var item in replay.ReadAsync(TestContext.Current.CancellationToken)) bars += item.Bars?.Count ?? 0;
        bars.ShouldBe(20);
    }
}
