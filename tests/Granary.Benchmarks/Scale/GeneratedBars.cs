using System.Globalization;

namespace Granary.Benchmarks.Scale;

/// <summary>A temporary folder with hourly bars of one seeded random series, S00, and a batch over them.</summary>
internal sealed class GeneratedBars : IDisposable
{
    public GeneratedBars(int bars)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "bars"));
        var (random, last) = (new Random(1), 100.0);
        using var file = new StreamWriter(Path.Combine(Folder, "bars", "S00.csv"));
        file.WriteLine("timestamp,open,high,low,close,volume");
        for (var i = 0; i < bars; i++)
        {
            var close = last * Math.Exp(0.01 * (random.NextDouble() - 0.5));
            file.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(2000, 1, 1).AddHours(i):yyyy-MM-dd HH:mm:ss},{last:0.0000},{Math.Max(last, close) * 1.001:0.0000},"
                    + $"{Math.Min(last, close) * 0.999:0.0000},{close:0.0000},1000"));
            last = close;
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-scale-").FullName;

    /// <summary>Writes a batch of pairs of averages that no rule of weights chooses, since its costs are high.</summary>
    public string Batch(int fast, int slow)
    {
        var path = Path.Combine(Folder, $"grid-{fast}-{slow}.json");
        File.WriteAllText(path, $$"""
            { "name": "grid", "data": { "source": "csv:bars", "symbols": "S00", "timeframe": "1h" }, "account": { "cash": 100000 },
              "execution": { "commissionPercent": 5 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [{{Numbers(5, fast)}}], "slow": [{{Numbers(120, slow)}}] },
                "sides": "long", "size": { "units": 1 } } ],
              "portfolio": { "weights": "winners" }, "outputs": ["results"] }
            """);
        return path;
    }

    private static string Numbers(int from, int count) => string.Join(',', Enumerable.Range(from, count));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
