using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>The watch of a model in a walk-forward whose market turns round.</summary>
public sealed class WatchedWalkForwardTests : IDisposable
{
    private const int Bars = 3800, Flip = 2400, OutOfSample = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-watch-").FullName;

    // Moves go on until the flip and turn back after it.
    public WatchedWalkForwardTests()
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var random = new PortableRandom(7);
        var (price, last) = (100.0, 0.0);
        for (var i = 0; i < Bars; i++)
        {
            var open = price;
            last = (i < Flip ? 0.6 : -0.6) * last + 0.004 * random.NextGaussian();
            price = Math.Round(open * Math.Exp(last), 4);
            text.Append(CultureInfo.InvariantCulture, $"{TimeOf(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{open},{Math.Max(open, price)},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Min(open, price)},{price},1000\n");
        }
        File.WriteAllText(Path.Combine(_folder, "AAA.csv"), text.ToString());
    }

    private static DateTime TimeOf(int bar) => new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(bar);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<WalkForwardOutcome> RunAsync(string watch, string name, int threads = 2)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "watched", "data": { "source": "csv:.", "symbols": "AAA", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both",
                "size": { "percentOfEquity": 10 } } ],
              "learning": { "trainer": "logistic", "features": ["return(1)"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "window": "rolling", "train": 500, "test": 300 },
                "apply": { "rule": "veto", "below": 0.2 } {{watch}} },
              "walkForward": { "inSample": "1000h", "outOfSample": "{{OutOfSample}}h", "minTrades": 1 } }
            """), _folder);
        return (await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Threads = threads, Validation = false }, null,
            TestContext.Current.CancellationToken)).Outcome;
    }

    [Fact]
    public async Task A_watch_goes_on_from_window_to_window()
    {
        var free = await RunAsync("", "free");
        var watched = await RunAsync(""", "watch": { "detector": "ddm", "weight": 0.25, "rollback": false }""", "watched");
        // Two dozen trades at most are in a window: too few for an alert within one, which needs forty.
        free.Groups[0].Choices.Max(c => c.Trades.Count).ShouldBeLessThan(40);
        free.Groups[0].Choices.ShouldAllBe(c => c.Strategy == 0);

        // Before the flip the same trades have the same sizes; after it the alert leaves a quarter of them.
        var flip = TimeOf(Flip).Ticks;
        var sizes = free.Trades.ToDictionary(t => t.Trade.EntryTime, t => t.Trade.Quantity * t.Trade.EntryPrice);
        double Part(PortfolioTrade t) => t.Trade.Quantity * t.Trade.EntryPrice / sizes[t.Trade.EntryTime];
        var known = watched.Trades.Where(t => sizes.ContainsKey(t.Trade.EntryTime)).ToList();
        known.Where(t => t.Trade.EntryTime < flip).Select(Part).ShouldAllBe(part => Math.Abs(part - 1) < 0.01);
        known.Count(t => t.Trade.EntryTime >= flip && Part(t) < 0.3).ShouldBeGreaterThan(20);
        var again = await RunAsync(""", "watch": { "detector": "ddm", "weight": 0.25, "rollback": false }""", "again", threads: 1);
        again.Trades.ShouldBe(watched.Trades);
    }
}
