using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Modelling.Allocation;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Allocation;

/// <summary>A batch over three generated markets, with its strategies run.</summary>
internal sealed class AllocationBatch : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-allocation-").FullName;

    /// <param name="drift">Of a day, by symbol.</param>
    public AllocationBatch(params double[] drift)
    {
        for (var s = 0; s < drift.Length; s++)
        {
            var (random, price) = (new Random(31 + s), 80.0);
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            for (var day = new DateTime(2012, 1, 2, 0, 0, 0, DateTimeKind.Utc); day < new DateTime(2016, 1, 1); day = day.AddDays(1))
            {
                if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || random.Next(80) == 0) continue;
                var open = Math.Round(price * (1 + 0.005 * (random.NextDouble() - 0.5)), 3);
                price = Math.Round(open * (1 + drift[s] + 0.02 * (random.NextDouble() - 0.5)), 3);
                var (high, low) = (Math.Max(open, price) * 1.002, Math.Min(open, price) * 0.998);
                text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{open},{high:F4},{low:F4},{price},100000\n");
            }
            File.WriteAllText(Path.Combine(_folder, $"S{s}.csv"), text.ToString());
        }
    }

    public string Folder => _folder;

    /// <summary>Changes the bars.</summary>
    /// <param name="change">Of a day and its open, high, low and close; null leaves the day out.</param>
    public void Rewrite(Func<DateTime, double[], double[]?> change)
    {
        foreach (var file in Directory.GetFiles(_folder, "*.csv"))
        {
            var lines = File.ReadAllLines(file);
            File.WriteAllLines(file, lines.Skip(1).Select(line =>
            {
                var fields = line.Split(',');
                double[] prices = [.. fields[1..5].Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
                var day = DateTime.Parse(fields[0], CultureInfo.InvariantCulture);
                return change(day, prices) is { } changed
                    ? string.Create(CultureInfo.InvariantCulture, $"{fields[0]},{string.Join(',', changed)},{fields[5]}") : "";
            }).Where(line => line.Length > 0).Prepend(lines[0]));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public BatchSpec Spec(string portfolio, string strategies =
        """
        { "class": "SmaCross", "params": { "fast": [3, 8], "slow": 21 }, "sides": "both", "size": { "percentOfEquity": 90 } },
        { "class": "SmaCross", "params": { "fast": 5, "slow": 34 }, "sides": "long", "size": { "cash": 60000 }, "stopLossPercent": 3 }
        """, double commission = 0.1)
    {
        var percent = commission.ToString(CultureInfo.InvariantCulture);
        var text = $$"""
            { "name": "test", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d" },
              "account": { "cash": 100000 }, "execution": { "commissionPercent": {{percent}}, "slippagePercent": 0.02 },
              "strategies": [ {{strategies}} ], "portfolio": { {{portfolio}} }, "seed": 5 }
            """;
        return new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(text), _folder);
    }

    /// <summary>Runs all strategies and keeps what they did.</summary>
    public async Task<RunBatch> RunAsync(BatchSpec spec, CancellationToken cancellationToken)
    {
        await using var opened = await OpenedBatch.OpenAsync(spec, new BatchOpening { Threads = 2 }, cancellationToken);
        var (plan, markets) = (opened.Plan, opened.Markets);
        var log = new MemoryEventLog();
        await new EmbeddedHost(2).RunAsync(new StrategyPass(plan, markets) { Events = log }, cancellationToken);
        var history = await AllocationHistory.ReadAsync(plan, markets, log, [.. plan.Instances.Select(i => i.Index)], cancellationToken);
        return new RunBatch(plan, markets, log, history);
    }
}

/// <param name="History">Of all strategies.</param>
internal sealed record RunBatch(
    BatchPlan Plan, IReadOnlyDictionary<string, OpenedMarket> Markets, MemoryEventLog Log, AllocationHistory History)
{
    /// <summary>Bars of all symbols, as a pass takes them.</summary>
    public IReadOnlyList<MarketBars> Bars() => MarketBars.Of(Plan.Instances, symbol => Markets[symbol].Series);
}
