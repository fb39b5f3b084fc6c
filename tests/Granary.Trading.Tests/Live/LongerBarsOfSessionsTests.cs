using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Longer bars of a market whose batch names no session: the last session counts, in the backtest as in a session.</summary>
public sealed class LongerBarsOfSessionsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // Hours of a market's sessions up to a day; the close of a day's last bar is 100, 101, 102 …
    private async Task<BatchRun> BacktestAsync(string zone, int open, int bars, DateOnly last, string instruments = "")
    {
        var calendar = SessionCalendar.Daily("x", zone, TimeSpan.FromHours(open), TimeSpan.FromHours(open + bars));
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var day = 0;
        for (var date = new DateOnly(2024, 1, 2); date <= last; date = date.AddDays(1))
        {
            if (calendar.Session(date) is not { } session) continue;
            for (var i = 0; i < bars; i++)
            {
                var close = 100 + day - (bars - 1 - i) / 10.0;
                text.Append(FormattableString.Invariant(
                    $"{new DateTime(session.Open).AddHours(i):yyyy-MM-ddTHH:mm:ssZ},{close},{close + 0.2:0.0},{close - 0.2:0.0},{close},10\n"));
            }
            day++;
        }
        var folder = Directory.CreateDirectory(Path.Combine(_under.Folder, "bars")).FullName;
        File.WriteAllText(Path.Combine(folder, "M.csv"), text.ToString());
        var spec = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "longer", "data": { "source": "csv:{{folder}}", "symbols": ["M"], "timeframe": "1h" {{instruments}} },
              "strategies": [ { "class": "BuyAndHold", "timeframe": ["1d", "1w"], "size": { "units": 10 } },
                { "class": "SmaCross", "params": { "fast": 2, "slow": 3 }, "timeframe": ["4h", "1d"], "size": { "units": 10 } } ],
              "portfolio": { "weights": "equal" } }
            """), _under.Folder);
        return await _under.RunAsync(spec, "backtest");
    }

    private async Task<LiveRun> LiveAsync(BatchRun backtest, string? to = null, string name = "live") =>
        await _under.LiveAsync(backtest, name, r => r with
        {
            Feed = Address.Parse("csv:" + Path.Combine(_under.Folder, "bars")),
            To = to is null ? null : DateTime.Parse(to, System.Globalization.CultureInfo.InvariantCulture).Ticks,
            State = Path.Combine(_under.Folder, "state"),
        });


    [Theory]
    [InlineData("America/New_York", 9, 7, false), InlineData("Australia/Sydney", 10, 6, true), InlineData("Asia/Tokyo", 9, 6, false)]
    [InlineData("America/Chicago", 2, 14, false), InlineData("Pacific/Auckland", 10, 7, true)]
    public async Task The_last_session_is_a_day_and_a_week_in_the_backtest_and_live(string zone, int open, int bars, bool isCut)
    {
        // A Friday: 109 sessions, of which the last closes at 208. Bought at the open of the second day, and of the second week, 8 January.
        double FirstOf(int day) => 100 + day - (bars - 1) / 10.0;
        var backtest = await BacktestAsync(zone, open, bars, new DateOnly(2024, 5, 31));
        backtest.Model.Strategies.Where(s => s.Id.StartsWith("BuyAndHold", StringComparison.Ordinal))
            .Select(s => s.Stats!.FinalEquity).ShouldBe([100_000 + 10 * (208 - FirstOf(1)), 100_000 + 10 * (208 - FirstOf(4))], 1e-6);
        backtest.Model.Notes.Any(n => n.Sentence.Contains("longer bars are cut by these sessions", StringComparison.Ordinal))
            .ShouldBe(isCut);
        backtest.Model.Notes.ShouldNotContain(n => n.Sentence.Contains("was left out", StringComparison.Ordinal));
        File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")).Contains(zone, StringComparison.Ordinal).ShouldBe(isCut);
        var live = await LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Australia/Sydney", "2024-04-10T03:00:00"), InlineData("Australia/Sydney", "2024-04-10T12:00:00")]
    [InlineData("Australia/Sydney", "2024-04-12T12:00:00"), InlineData("Asia/Tokyo", "2024-04-10T03:00:00")]
    [InlineData("Asia/Tokyo", "2024-04-10T12:00:00"), InlineData("Asia/Tokyo", "2024-04-12T12:00:00")]
    public async Task A_session_that_stopped_at_a_close_goes_on_to_the_digest_of_the_backtest(string zone, string stop)
    {
        var backtest = await BacktestAsync(zone, 10, 6, new DateOnly(2024, 5, 31));
        await LiveAsync(backtest, stop, "first");
        (await LiveAsync(backtest, name: "second")).Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task A_last_day_that_is_not_finished_is_left_out_with_a_note()
    {
        var backtest = await BacktestAsync("America/New_York", 9, 7, new DateOnly(2024, 5, 29));
        backtest.Model.Notes.ShouldContain(n => n.Sentence
            == "M: the last 1w bar, of 2024-05-27, is not finished where the bars end, and was left out.");
        backtest.Model.Notes.Count(n => n.Sentence.Contains("was left out", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_named_session_is_kept_whatever_the_bars_show()
    {
        var backtest = await BacktestAsync("Australia/Sydney", 10, 6, new DateOnly(2024, 5, 31),
            """, "instruments": { "M": { "session": "24/7" } }""");
        backtest.Model.Notes.ShouldNotContain(n => n.Sentence.Contains("are cut by", StringComparison.Ordinal));
        (await LiveAsync(backtest)).Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }
}
