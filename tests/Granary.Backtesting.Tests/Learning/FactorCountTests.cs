using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Learning;

/// <summary>A mean that tells how many bars it was computed over.</summary>
[Factor("counted", "The close's mean, counted.", Formula = "mean of the last n closes", Source = "test", Range = "price")]
public sealed class CountedMean([Range(1, 1000)] int n = 5) : FactorKernel
{
    /// <summary>Name of the meter and of its counter, which counts bars by symbol and length.</summary>
    internal const string Meter = "Granary.Backtesting.Tests", Counter = "counted-mean-bars";

    private static readonly Counter<long> Bars = new System.Diagnostics.Metrics.Meter(Meter).CreateCounter<long>(Counter);

    private readonly Queue<double> _last = new();

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var count = bars.Close.Length;
        Bars.Add(count, new("symbol", Series.Instrument.Symbol), new("n", n));
        for (var i = 0; i < bars.Close.Length; i++)
        {
            _last.Enqueue(bars.Close[i]);
            if (_last.Count > n) _last.Dequeue();
            lines[0][i] = _last.Count < n ? double.NaN : _last.Average();
        }
    }
}

/// <summary>In above the counted mean and out below it; <c>variant</c> only makes strategies that share their factor.</summary>
[Strategy("In above the counted mean, out below it.")]
public sealed class CountedCross : Strategy
{
    private readonly Factor _mean;
    private readonly int _variant;

    public CountedCross([Range(1, 1000)] int n = 5, [Range(1, 1000)] int variant = 1)
    {
        _mean = Use("counted", n);
        _variant = variant;
    }

    public override void OnBar(StrategyContext bar)
    {
        var distance = bar.Close / bar[_mean] - 1;
        if (distance > 0.0001 * _variant) bar.Enter(Side.Buy);
        else if (distance < -0.0001 * _variant) bar.Exit(Side.Buy);
    }
}

public sealed class FactorCountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-count").FullName;

    private readonly CounterSum _bars = new(CountedMean.Meter, CountedMean.Counter);

    public void Dispose()
    {
        _bars.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("direction", 980, 100, 1)]
    [InlineData("trade", 60, 7, 200)]
    public async Task Two_hundred_strategies_walk_forward_over_twenty_windows_on_two_threads_and_no_factor_is_computed_twice(string label,
        int train, int test, int models)
    {
        const int Count = 3000;
        var symbol = label.ToUpperInvariant();
        await WriteAsync(symbol, Count);
        // 4 means × 50 variants. The model reads the means of 3 and 7, which no strategy uses, and those of 4, which fifty use.
        var variants = string.Join(", ", Enumerable.Range(1, 50));
        var spec = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "count", "data": { "source": "csv:.", "symbols": ["{{symbol}}"], "timeframe": "1h" },
              "strategies": [{ "class": "CountedCross", "params": { "n": [2, 4, 5, 6], "variant": [{{variants}}] }, "sides": "long",
                "size": { "cash": 1000 } }],
              "learning": { "trainer": "naive-bayes", "label": "{{label}}", "features": ["counted(3)/close", "counted(7)/close",
                "counted(7)/close[1]", "counted(4)/close"],
                            "walkForward": { "train": {{train}}, "test": {{test}} }, "experiment": { "trainers": ["naive-bayes"] } } }
            """), _folder);

        // An experiment trains all windows of every model as 'train' does, and registers nothing.
        var progress = new Windows();
        var trials = await new TrainerComparison(new EmbeddedHost(2), TimeProvider.System, 2).RunAsync(spec, progress: progress);

        trials.Count.ShouldBe(models);
        trials.ShouldAllBe(t => t.Error == null);
        progress.Total.ShouldBeGreaterThanOrEqualTo(20 * models);
        progress.Done.ShouldBe(progress.Total);
        // Where trades are the label, the strategies are run to make them; what they share with the models is computed for both at once.
        var runs = label == "trade" ? 1 : 0;
        foreach (var n in new[] { 3, 4, 7 }) Computed(symbol, n).ShouldBe(2 * Count, $"counted({n}): read by the models, "
            + "once over the bars, and once by the look-ahead check of a plug-in's features");
        foreach (var n in new[] { 2, 5, 6 })
            Computed(symbol, n)
                .ShouldBe(runs * Count, $"counted({n}): read by fifty strategies, once over the bars where their trades are the label");
    }

    [Theory]
    [InlineData("direction", "1h")]
    [InlineData("trade", "1h")]
    [InlineData("trade", "4h")] // longer bars than the data's
    public async Task A_backtest_that_trains_its_models_and_asks_them_computes_each_factor_once(string label, string timeframe)
    {
        const int Count = 2000;
        var symbol = $"ASKED-{label}-{timeframe}".ToUpperInvariant();
        await WriteAsync(symbol, Count);
        var spec = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "asked", "data": { "source": "csv:.", "symbols": ["{{symbol}}"], "timeframe": "1h" },
              "strategies": [{ "class": "CountedCross", "params": { "n": [2, 4], "variant": [1, 2] }, "timeframe": "{{timeframe}}",
                "sides": "long", "size": { "cash": 1000 } }],
              "learning": { "trainer": "naive-bayes", "label": "{{label}}", "features": ["counted(3)/close", "counted(4)/close",
                "counted(3)/close[1]"], "registry": "{{symbol}}" } }
            """), _folder);
        var options = new BatchOptions { Out = Path.Combine(_folder, symbol), Validation = false };

        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options);

        run.Model.Strategies.ShouldAllBe(s => s.Model != null);
        var bars = timeframe == "1h" ? Count : Count / 4;
        foreach (var n in new[] { 2, 3, 4 }) Computed(symbol, n).ShouldBe(n == 2 ? bars : 2 * bars, $"counted({n}): once, "
            + "and a feature once more by its look-ahead check");
        // What was read is what would have been computed: the digest is that of models which are found trained, and of factors that are
        // computed in this pass alone.
        var again = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            options with { Out = Path.Combine(_folder, symbol + "-again") });
        again.Model.Digest.ShouldBe(run.Model.Digest);
    }

    private async Task WriteAsync(string symbol, int count)
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var random = new PortableRandom(9);
        var price = 100.0;
        for (var i = 0; i < count; i++)
        {
            var open = price;
            price = Math.Round(open * Math.Exp(0.01 * random.NextGaussian()), 4);
            text.Append(CultureInfo.InvariantCulture,
                $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{open},{Math.Max(open, price)},{Math.Min(open, price)},"
                    + $"{price},1000\n");
        }
        await File.WriteAllTextAsync(Path.Combine(_folder, symbol + ".csv"), text.ToString());
    }

    private long Computed(string symbol, int n) => _bars.Of(symbol, n);

    private sealed class Windows : IProgress<TrainingProgress>
    {
        public int Done { get; private set; }

        public int Total { get; private set; }

        public void Report(TrainingProgress value) => (Done, Total) = (value.Done, value.Total);
    }
}
