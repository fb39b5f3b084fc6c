using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Validation;

namespace Granary.Simulation.Tests.Validation;

public sealed class BarSketchTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "granary-sketches-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    // Bars of a random walk, without some days at either end; each of the steps of a day is an hour.
    private static MemoryBarSeries Bars(int seed, int days, int skip = 0, int shorter = 0, string symbol = "AAA", double scale = 1,
        int hours = 1)
    {
        var random = new Random(seed);
        var start = new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var close = 100.0;
        var bars = new List<Bar>();
        for (var hour = 0; hour < 24 * days; hour += hours)
        {
            double open = close, high = close, low = close;
            for (var h = 0; h < hours; h++)
            {
                close *= 1 + 0.01 * (random.NextDouble() - 0.5);
                (high, low) = (Math.Max(high, close), Math.Min(low, close));
            }
            // As in a file, with two decimals.
            double P(double price) => Math.Round(price * scale, 2);
            if (hour >= 24 * skip && hour < 24 * (days - shorter))
                bars.Add(new Bar(start.AddHours(hour).Ticks, P(open), P(high), P(low), P(close), 1));
        }
        return new MemoryBarSeries(new Instrument { Symbol = symbol }, Timeframe.Parse(hours == 1 ? "1h" : "1d"), [.. bars], []);
    }

    private static Task<BarSketch> SketchAsync(MemoryBarSeries bars) => BarSketch.OfAsync(bars, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_part_of_the_record_a_copy_at_another_scale_and_other_timeframes_are_recognised_and_other_bars_are_not()
    {
        var sketch = await SketchAsync(Bars(1, 400));
        (await SketchAsync(Bars(1, 400, skip: 1))).Containment(sketch).ShouldBeGreaterThan(0.9);
        (await SketchAsync(Bars(1, 400, shorter: 60))).Containment(sketch).ShouldBeGreaterThan(0.9);
        // An eighth of the days, all of which are in the other.
        (await SketchAsync(Bars(1, 400, skip: 350))).Containment(sketch).ShouldBeGreaterThan(BarSketch.Same);
        (await SketchAsync(Bars(1, 400, symbol: "BBB", scale: 1.7))).Containment(sketch).ShouldBeGreaterThan(0.9);
        (await SketchAsync(Bars(1, 400, hours: 24))).Containment(sketch).ShouldBeGreaterThan(0.9);
        (await SketchAsync(Bars(2, 400))).Containment(sketch).ShouldBeLessThan(0.05);
        var pair = BarSketch.Join([sketch, await SketchAsync(Bars(2, 400, symbol: "BBB"))]);
        pair.Containment(sketch).ShouldBeGreaterThan(0.9);
        BarSketch.Join([await SketchAsync(Bars(2, 400)), await SketchAsync(Bars(3, 400))]).Containment(pair).ShouldBe(0.5, 0.15);
        var read = BarSketch.FromBytes(sketch.ToBytes());
        (read.Market, read.From, read.Until, read.Count).ShouldBe((sketch.Market, sketch.From, sketch.Until, 399L));
        read.Days.ShouldBe(sketch.Days);
    }

    [Fact]
    public async Task Trials_count_on_although_the_start_date_moved_by_a_day()
    {
        var ledger = new TrialLedger(_folder);
        async Task<TrialCensus> RunAsync(MemoryBarSeries bars, int from, int count)
        {
            var trials = new Dictionary<string, IReadOnlyList<Trial>>
            {
                [bars.ContentHash] = [.. Enumerable.Range(from, count)
                    .Select(n => new Trial(TrialLedger.HashOf($"combination {n}"), 1, 1, n / 100.0, 0.5))],
            };
            return await ledger.RecordAsync(trials,
                new Dictionary<string, BarSketch> { [bars.ContentHash] = await BarSketch.OfAsync(bars) },
                cancellationToken: TestContext.Current.CancellationToken);
        }
        (await RunAsync(Bars(1, 400), 0, 20)).Trials.ShouldBe(20);
        var moved = await RunAsync(Bars(1, 400, skip: 1), 15, 10);
        (moved.Trials, moved.New, moved.Effective).ShouldBe((25L, 5L, 12.5));
        // The first data set counts the second one's trials too.
        (await RunAsync(Bars(1, 400), 0, 1)).Trials.ShouldBe(25);
        // Of another market over the same time the trials of the same class count once for each market, whatever its dates.
        var other = await RunAsync(Bars(2, 400, symbol: "BBB"), 0, 3);
        (other.Trials, other.Siblings, other.Effective).ShouldBe((3L, 25L, 14.0));
    }
}
