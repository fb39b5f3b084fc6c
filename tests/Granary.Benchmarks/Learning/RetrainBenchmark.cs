using System.Diagnostics;
using System.Globalization;
using System.Text;
using Granary.Engine.Numerics;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Benchmarks.Learning;

/// <summary>The models of 200 strategies on markets of their own, each trained 20 times as in a backtest with retraining.</summary>
internal static class RetrainBenchmark
{
    private const int Markets = 200, Trainings = 20, Train = 1_000, Test = 100, Days = 5, Warm = 60;
    private const double MostSeconds = 300;

    public static async Task<int> RunAsync(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        var folder = Directory.CreateTempSubdirectory("granary-retrain-").FullName;
        try
        {
            for (var m = 0; m < Markets; m++) Write(Path.Combine(folder, $"M{m:D3}.csv"), m);
            var batch = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
                { "name": "refreshed", "data": { "source": "csv:.", "symbols": "*", "timeframe": "1h" },
                  "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 10 }, "sides": "both", "size": { "cash": 1000 } }],
                  "learning": { "label": "direction", "walkForward": { "window": "rolling", "train": {{Train}}, "test": {{Test}} },
                    "retrain": { "days": {{Days}}, "challenger": true } } }
                """), folder);
            var started = Stopwatch.GetTimestamp();
            var report = await new LearnBatch(new EmbeddedHost(threads), TimeProvider.System, threads).TrainAsync(batch);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var windows = report.Units.Sum(u => u.Windows.Count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.Units.Count} models, {windows} trainings of {Train} samples and 100 trees, {threads} threads: {seconds:0.0} s"));
            if (report.Problems.Count > 0 || windows < Markets * Trainings)
                throw new InvalidOperationException($"{windows} trainings; {string.Join(' ', report.Problems.Take(1))}");
            return seconds <= MostSeconds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path, int seed)
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var random = new PortableRandom(seed);
        var (price, last) = (100.0, 0.0);
        for (var i = 0; i < Warm + Train + Test + Trainings * Days * 24; i++)
        {
            var open = price;
            last = 0.3 * last + 0.01 * random.NextGaussian();
            price = Math.Round(open * Math.Exp(last), 4);
            text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{open},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Max(open, price)},{Math.Min(open, price)},{price},1000\n");
        }
        File.WriteAllText(path, text.ToString());
    }
}
