using System.Diagnostics;
using Granary.Data.BarFiles;
using Granary.Engine.Market;
using Granary.Parquet.Reading;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;
using ParquetSharp;

namespace Granary.Benchmarks;

/// <summary>
/// How fast a year of minutes becomes bars from Parquet, beside the CSV of the same table: checked, decimals counted, hashed and kept. Both
/// are read in turns in one process.
/// </summary>
internal static class ParquetBenchmark
{
    private const int GroupSize = 122_880;

    /// <param name="args">The number of minutes; none is a year. "one" behind it writes one row group.</param>
    public static int Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 525_600;
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        try
        {
            var bars = Bars(count);
            BarCsvWriter.Write(Path.Combine(folder, "A.csv"), Timeframe.M1, bars);
            foreach (var compression in (Compression[])[Compression.Snappy, Compression.Zstd, Compression.Uncompressed])
                Write(Path.Combine(folder, $"{compression}.parquet"), bars, compression, args is [_, "one"] ? count : GroupSize);
            var sources = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(ParquetSourceFactory).Assembly).Build().Sources;
            var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
            for (var turn = 0; turn < 7; turn++)
            {
                Time("csv", "csv:" + folder, "A");
                foreach (var name in (string[])["Snappy", "Zstd", "Uncompressed"]) Time(name, "parquet:" + folder, name);
            }
            var csv = Middle(times["csv"]);
            foreach (var (name, all) in times)
                Console.WriteLine(FormattableString.Invariant($"{name,-14} {Middle(all),8:F1} ms  {csv / Middle(all),5:F2} times as fast"));
            Console.WriteLine(FormattableString.Invariant($"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB"));
            return 0;

            void Time(string name, string address, string symbol)
            {
                var started = Stopwatch.GetTimestamp();
                var series = sources.Open(Address.Parse(address)).OpenAsync(new BarQuery(symbol, Timeframe.M1)).AsTask().GetAwaiter()
                    .GetResult();
                var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                if (series.Count != count) throw new InvalidOperationException($"{name} has {series.Count} bars");
                series.DisposeAsync().AsTask().GetAwaiter().GetResult();
                if (!times.TryGetValue(name, out var all)) times[name] = all = [];
                all.Add(elapsed);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Middle(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static Bar[] Bars(int count)
    {
        var random = new Random(1);
        var (bars, price) = (new Bar[count], 100.0);
        var start = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        for (var i = 0; i < count; i++)
        {
            var open = Math.Round(price, 2);
            price = Math.Max(1, price + random.NextDouble() - 0.5);
            var close = Math.Round(price, 2);
            bars[i] = new Bar(start + i * TimeSpan.TicksPerMinute, open, Math.Round(Math.Max(open, close) + 0.05, 2),
                Math.Round(Math.Min(open, close) - 0.05, 2), close, random.Next(100_000));
        }
        return bars;
    }

    private static void Write(string path, Bar[] bars, Compression compression, int groupSize)
    {
        using var properties = new WriterPropertiesBuilder().Compression(compression).Build();
        using var writer = new ParquetFileWriter(path, [new Column<DateTime>("time", LogicalType.Timestamp(true, TimeUnit.Micros)),
            new Column<double>("open"), new Column<double>("high"), new Column<double>("low"), new Column<double>("close"),
            new Column<double>("volume")], properties);
        foreach (var rows in bars.Chunk(groupSize))
        {
            using var group = writer.AppendRowGroup();
            using (var time = group.NextColumn().LogicalWriter<DateTime>())
                time.WriteBatch([.. rows.Select(b => new DateTime(b.Time, DateTimeKind.Utc))]);
            foreach (var value in (Func<Bar, double>[])[b => b.Open, b => b.High, b => b.Low, b => b.Close, b => b.Volume])
                using (var column = group.NextColumn().LogicalWriter<double>())
                    column.WriteBatch([.. rows.Select(value)]);
        }
        writer.Close();
    }
}
