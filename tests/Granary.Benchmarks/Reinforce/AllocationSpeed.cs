using System.Globalization;
using System.Text;
using Granary.Modelling.Allocation;
using Granary.Reinforcement.Training;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;

namespace Granary.Benchmarks.Reinforce;

/// <summary>Steps of the portfolio's environment: twenty strategies on twenty markets over ten years of days.</summary>
internal static class AllocationSpeed
{
    private const int Markets = 20, Days = 2520;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("granary-panel-").FullName;
        try
        {
            RunAsync(folder).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder)
    {
        Write(folder);
        var spec = new BatchReader(GranaryCataloguesBuilder.CreateDefault().Build()).Read("panel.json", Encoding.UTF8.GetBytes($$"""
            { "name": "panel", "data": { "source": "csv:{{folder}}", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 10, "slow": 30 }, "sides": "both",
                "size": { "percentOfEquity": 90 } }], "portfolio": { "weights": "ppo" } }
            """), folder);
        await using var opened = await OpenedBatch.OpenAsync(spec, new BatchOpening { Threads = 2 }, CancellationToken.None);
        var log = new MemoryEventLog();
        await new EmbeddedHost(2).RunAsync(new StrategyPass(opened.Plan, opened.Markets) { Events = log }, CancellationToken.None);
        int[] strategies = [.. opened.Plan.Instances.Select(i => i.Index)];
        var history = await AllocationHistory.ReadAsync(opened.Plan, opened.Markets, log, strategies, CancellationToken.None);
        var view = history.View(AllocationUnits.Of(opened.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        AllocationEnvironment Make() => new(view, new AllocatorSpec(), 0, history.Timeline.Rows, 250);
        Collect(Make);
        Train(Make);
    }

    private static void Collect(Func<AllocationEnvironment> make)
    {
        using var trainer = new PpoTrainer(make, AllocatorTraining.Settings with { Environments = 16, Horizon = 512 }, 1, 1_000_000);
        for (var i = 0; i < 4; i++) trainer.Collect();
        var before = ReinforceBenchmark.Cpu();
        for (var i = 0; i < 20; i++) trainer.Collect();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Portfolio of {Markets} assets with the policy's forward pass (32 × 32): "
                + $"{20 * trainer.StepsPerUpdate / (ReinforceBenchmark.Cpu() - before):N0} steps per CPU second"));
    }

    private static void Train(Func<AllocationEnvironment> make)
    {
        const int steps = 500_000;
        using var trainer = new PpoTrainer(make, AllocatorTraining.Settings, 1, steps, threads: 2);
        var (before, start) = (ReinforceBenchmark.Cpu(), System.Diagnostics.Stopwatch.GetTimestamp());
        while (trainer.Done < trainer.Updates) trainer.Next();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Training on {Days} days of {Markets} assets: {4 * (ReinforceBenchmark.Cpu() - before):0} CPU seconds and "
                + $"{4 * System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds:0} s on 2 threads for 2,000,000 steps (four "
                + $"times those for {steps:N0})"));
    }

    private static void Write(string folder)
    {
        for (var m = 0; m < Markets; m++)
        {
            var (random, price) = (new Random(m + 1), 100.0);
            var text = new StringBuilder("time,open,high,low,close,volume\n");
            for (var day = 0; day < Days; day++)
            {
                var open = price;
                price *= Math.Exp(0.0003 + 0.012 * (random.NextDouble() + random.NextDouble() - 1));
                text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2010, 1, 1).AddDays(day):yyyy-MM-dd},{open:F4},")
                    .Append(CultureInfo.InvariantCulture,
                        $"{Math.Max(open, price) * 1.002:F4},{Math.Min(open, price) * 0.998:F4},{price:F4},1000\n");
            }
            File.WriteAllText(Path.Combine(folder, $"M{m:00}.csv"), text.ToString());
        }
    }
}
