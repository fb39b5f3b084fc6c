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

    // Hourly bars of a random walk, without some days at either end.
    private static MemoryBarSeries Bars(int seed, int days, int skip = 0, int shorter = 0)
    {
        var random = new Random(seed);
        var start = new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var close = 100.0;
        var bars = new List<Bar>();
        for (var hour = 0; hour < 24 * days; hour++)
        {
            close *= 1 + 0.01 * (random.NextDouble() - 0.5);
            if (hour >= 24 * skip && hour < 24 * (days - shorter))
                bars.Add(new Bar(start.AddHours(hour).Ticks, close, close, close, close, 1));
        }
        return new MemoryBarSeries(new Instrument { Symbol = "AAA" }, Timeframe.Parse("1h"), [.. bars], []);
    }

    [Fact]
    public async Task Bars_that_begin_a_day_later_are_recognised_and_other_bars_are_not()
    {
        var sketch = await BarSketch.OfAsync(Bars(1, 400), TestContext.Current.CancellationToken);
        (await BarSketch.OfAsync(Bars(1, 400, skip: 1), TestContext.Current.CancellationToken)).Similarity(sketch).ShouldBeGreaterThan(0.9);
        (await BarSketch.OfAsync(Bars(1, 400, shorter: 60), TestContext.Current.CancellationToken)).Similarity(sketch)
            .ShouldBeGreaterThan(BarSketch.Same);
        (await BarSketch.OfAsync(Bars(1, 400, skip: 300), TestContext.Current.CancellationToken)).Similarity(sketch)
            .ShouldBeLessThan(BarSketch.Same);
        (await BarSketch.OfAsync(Bars(2, 400), TestContext.Current.CancellationToken)).Similarity(sketch).ShouldBe(0);
        BarSketch.FromBytes(sketch.ToBytes()).Days.ShouldBe(sketch.Days);
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
                    .Select(n => new Trial(TrialLedger.HashOf($"combination {n}"), 1, n / 100.0, 0.5))],
            };
            return await ledger.RecordAsync(trials,
                new Dictionary<string, BarSketch> { [bars.ContentHash] = await BarSketch.OfAsync(bars) },
                TestContext.Current.CancellationToken);
        }
        (await RunAsync(Bars(1, 400), 0, 20)).Trials.ShouldBe(20);
        var moved = await RunAsync(Bars(1, 400, skip: 1), 15, 10);
        (moved.Trials, moved.New, moved.Effective).ShouldBe((25L, 5L, 12.5));
        // The first data set counts the second one's trials too, and an unrelated one none.
        (await RunAsync(Bars(1, 400), 0, 1)).Trials.ShouldBe(25);
        (await RunAsync(Bars(2, 400), 0, 3)).Trials.ShouldBe(3);
    }
}
