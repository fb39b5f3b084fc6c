using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Buys once, at the close of the bar that opens at a minute of the record; only for tests.</summary>
[Strategy("Buys once at a time; only for tests.")]
public sealed class BuysAt([Range(0, 100_000)] int minute = 0) : Strategy
{
    private long _start = -1;

    public override void OnBar(StrategyContext bar)
    {
        if (_start < 0) _start = bar.Time.Ticks / TimeSpan.TicksPerDay * TimeSpan.TicksPerDay;
        if (bar.Time.Ticks == _start + minute * TimeSpan.TicksPerMinute) bar.Enter(Side.Buy);
    }
}

/// <summary>When a portfolio of strategies on hours and minutes books what happens within an hour.</summary>
public sealed class SeveralTimeframesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-frames-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Minutes from 9:00 to 13:00 at 100, which fall to 90 in the minute of 10:50. The hour's strategy buys at 10:00 and has a stop at 95,
    // those of the minutes buy at 10:05 and at 10:51.
    private async Task<List<(string Time, double Quantity, double Price)>> EntriesAsync(string execution = "{}")
    {
        var lines = new List<string> { "time,open,high,low,close,volume" };
        for (var time = new DateTime(2024, 1, 2, 9, 0, 0); time.Hour < 13; time = time.AddMinutes(1))
        {
            var (open, close) = (time.Hour * 60 + time.Minute) switch { < 650 => (100, 100), 650 => (100, 90), _ => (90, 90) };
            lines.Add(FormattableString.Invariant($"{time:yyyy-MM-ddTHH:mm:ssZ},{open},{open + 5},{close},{close},1000"));
        }
        File.WriteAllLines(Path.Combine(_folder, "X.csv"), lines);
        var spec = new BatchReader(TestCatalogues.All).Read("frames.json", Encoding.UTF8.GetBytes($$"""
            { "name": "frames", "data": { "source": "csv:{{_folder}}", "symbols": ["X"], "timeframe": "1m" },
              "execution": {{execution}},
              "strategies": [
                { "class": "BuysAt", "params": { "minute": 540 }, "timeframe": "1h", "size": { "units": 900 }, "stopLossPercent": 5 },
                { "class": "BuysAt", "params": { "minute": 604 }, "timeframe": "1m", "size": { "units": 500 } },
                { "class": "BuysAt", "params": { "minute": 650 }, "timeframe": "1m", "size": { "units": 500 } },
                { "class": "BuysAt", "params": { "minute": 660 }, "timeframe": "1m", "size": { "units": 500 } } ],
              "portfolio": { "weights": { "BuysAt(minute=540)@X:1h": 1, "BuysAt(minute=604)@X:1m": 1,
                "BuysAt(minute=650)@X:1m": 1, "BuysAt(minute=660)@X:1m": 1 } } }
            """), _folder);
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "out"), Validation = false });
        double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
        return [.. CsvRows.Of(Path.Combine(run.Folder, "portfolio_trades.csv"))
            .Select(t => (t["entry_time"], Number(t["quantity"]), Number(t["entry_price"]))).Order()];
    }

    // The hour's entry is booked at 11:00, and until then its accepted signal keeps the cash: 900 at the hour's close of 100, whatever the
    // minutes show since. So the entry at 10:51 finds none.
    [Fact]
    public async Task A_stop_within_an_hour_does_not_pay_an_entry_of_an_earlier_minute()
    {
        var entries = await EntriesAsync();
        // The hour's entry leaves 10,000, which the minute takes at 10:05. What the stop of 10:50 brings is known at 11:00.
        entries.Select(e => (e.Time[11..16], Math.Round(e.Quantity, 6), e.Price))
            .ShouldBe([("10:00", 900, 100), ("10:05", 100, 100), ("11:01", 500, 90)]);
    }

    // A fill's terms come before it: those of one strategy do not price the fill of another.
    [Fact]
    public async Task Each_entry_has_the_price_of_its_own_quantity()
    {
        var entries = await EntriesAsync("""{ "slippageVolumeImpact": 0.1 }""");
        entries.Count.ShouldBe(3);
        foreach (var (time, quantity, price) in entries)
        {
            var volume = time[11..16] == "10:00" ? 60_000 : 1_000;
            var at = time[11..16] == "11:01" ? 90 : 100;
            price.ShouldBe(at * (1 + 0.1 * Math.Pow(Math.Min(1, quantity / volume), 2)), 0.01, time);
        }
    }
}
