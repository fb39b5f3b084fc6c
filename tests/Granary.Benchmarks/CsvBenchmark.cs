using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Benchmarks;

/// <summary>
/// How fast text becomes bars: MB of unpacked text per second and core, faults checked, decimals counted and bars hashed on the way.
/// </summary>
public static class CsvBenchmark
{
    /// <param name="args">A one-minute CSV (plain or gzipped); none looks for ../shared/bench/m1.csv.gz.</param>
    /// <returns>0; 1 where there is no file.</returns>
    public static int Run(string[] args)
    {
        var path = args.Length > 0 ? args[0] : Path.GetFullPath(Path.Combine("..", "shared", "bench", "m1.csv.gz"));
        if (!File.Exists(path))
        {
            Console.WriteLine($"csv: skipped, there is no {path}");
            return 1;
        }
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        try
        {
            var plain = Path.Combine(folder, "m1.csv");
            using (var target = File.Create(plain))
            using (var source = File.OpenRead(path))
            {
                Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(source, CompressionMode.Decompress) : source;
                text.CopyTo(target);
                text.Dispose();
            }
            var bars = Read(plain, "generic");
            Row("generic", plain, bars.Count);
            Dialect(folder, "yahoo", bars, "Date,Open,High,Low,Close,Adj Close,Volume",
                (b, s) => s.Append(b.OpenTime.ToString("yyyy-MM-dd HH:mm")).Append(Prices(b)).Append(',').Append(F(b.Close * 0.9, "F6"))
                    .Append(',').Append(F(b.Volume, "F0")));
            Dialect(folder, "backtrader", bars, "Date,Time,Open,High,Low,Close,Volume,OpenInterest",
                (b, s) => s.Append(b.OpenTime.ToString("yyyy-MM-dd,HH:mm:ss")).Append(Prices(b)).Append(',').Append(F(b.Volume, "F0"))
                    .Append(",0"));
            Dialect(folder, "binance", bars, null,
                (b, s) => s.Append((b.Time - DateTime.UnixEpoch.Ticks) / 10_000).Append(Prices(b, "F8")).Append(',')
                    .Append(F(b.Volume, "F8")).Append(',').Append((b.Time - DateTime.UnixEpoch.Ticks) / 10_000 + 59_999)
                    .Append(",1.03547608,79,19523.00000000,0.55694227,0"));
            Dialect(folder, "lean", bars, null,
                (b, s) => s.Append(b.OpenTime.ToString("yyyyMMdd HH:mm"))
                    .Append(CultureInfo.InvariantCulture,
                        $",{b.Open * 1e4:F0},{b.High * 1e4:F0},{b.Low * 1e4:F0},{b.Close * 1e4:F0},{b.Volume:F0}"));
            Json(folder, bars);
            foreach (var format in (string[])["lean", "binance", "json"]) Packed(folder, format, bars.Count);
            Stored(folder, plain);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Prices(Bar b, string format = "F4") =>
        $",{F(b.Open, format)},{F(b.High, format)},{F(b.Low, format)},{F(b.Close, format)}";

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Dialect(string folder, string format, List<Bar> bars, string? header, Action<Bar, StringBuilder> row)
    {
        var path = Path.Combine(folder, format + ".csv");
        using (var writer = new StreamWriter(path))
        {
            if (header is not null) writer.Write(header + "\n");
            var line = new StringBuilder();
            foreach (var bar in bars)
            {
                line.Clear();
                row(bar, line);
                writer.Write(line.Append('\n'));
            }
        }
        Row(format, path, bars.Count);
    }

    private static void Json(string folder, List<Bar> bars)
    {
        var path = Path.Combine(folder, "json.json");
        using (var writer = new StreamWriter(path))
        {
            for (var i = 0; i < bars.Count; i++)
            {
                var b = bars[i];
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(i == 0 ? "[" : ", ")}[{(b.Time - DateTime.UnixEpoch.Ticks) / 10_000}, {b.Open}, {b.High}, {b.Low}, {b.Close}, "
                        + $"{b.Volume}]"));
            }
            writer.Write("]");
        }
        Row("json", path, bars.Count);
    }

    // The zips that LEAN and Binance publish, and gzips: what is unpacked counts, unpacking it takes its share of the time, and what that
    // alone does stands beside it.
    private static void Packed(string folder, string format, int expected)
    {
        var text = Path.Combine(folder, format + (format == "json" ? ".json" : ".csv"));
        var size = new FileInfo(text).Length;
        var zip = Path.Combine(folder, format + ".zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
            archive.CreateEntryFromFile(text, Path.GetFileName(text));
        var gz = Path.Combine(folder, Path.GetFileName(text) + ".gz");
        using (var source = File.OpenRead(text))
        using (var target = new GZipStream(File.Create(gz), CompressionLevel.Optimal))
            source.CopyTo(target);
        Row(format, zip, expected, size, ".zip");
        Row(format, gz, expected, size, ".gz");
        var inflate = double.MaxValue;
        var buffer = new byte[256 << 10];
        for (var i = 0; i < 7; i++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            using (var stream = new GZipStream(File.OpenRead(gz), CompressionMode.Decompress))
                while (stream.Read(buffer) > 0)
                {
                }
            inflate = Math.Min(inflate, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"    {format}: unpacking alone {size / 1e6 / inflate,7:F0} MB per core second"));
    }

    private static void Stored(string folder, string plain)
    {
        var store = Path.Combine(folder, "store");
        _ = BarImport.RunAsync(new ImportRequest([plain], Address.Parse(store), "m1", Timeframe.M1, new BarFileOptions()),
            TestCatalogues.All.Stores)
            .GetAwaiter().GetResult();
        double open = double.MaxValue, read = double.MaxValue;
        var source = new StoreBarSource(store);
        for (var i = 0; i < 15; i++)
        {
            var clock = Stopwatch.StartNew();
            var series = source.OpenAsync(new BarQuery("m1", Timeframe.M1)).AsTask().GetAwaiter().GetResult();
            open = Math.Min(open, clock.Elapsed.TotalSeconds);
            clock.Restart();
            var sum = 0L;
            foreach (var block in series.ReadAsync().ToBlockingEnumerable()) sum += block.Count;
            read = Math.Min(read, clock.Elapsed.TotalSeconds);
            if (sum != series.Count) throw new InvalidOperationException($"store: {sum} bars");
            series.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"store open {open * 1e3:F2} ms, all bars checked and read in {read * 1e3:F1} ms"));
    }

    private static void Row(string format, string path, int expected, long? unpacked = null, string packed = "")
    {
        double best = double.MaxValue, busy = double.MaxValue;
        for (var i = 0; i < 7; i++)
        {
            var clock = Stopwatch.StartNew();
            var cpu = Environment.CpuUsage.TotalTime;
            var series = Open(path, format);
            clock.Stop();
            // Per core means per second of processor time: on a busy machine the wall clock counts the neighbours too.
            busy = Math.Min(busy, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            if (series.Count != expected) throw new InvalidOperationException($"{format}: {series.Count} bars, not {expected}");
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        var bytes = unpacked ?? new FileInfo(path).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"csv {format + packed,-12} {bytes / 1e6,6:F1} MB {best * 1e3,7:F1} ms {bytes / 1e6 / best,7:F0} MB/s, "
                + $"{bytes / 1e6 / busy,7:F0} MB per core second"));
    }

    private static BarFileSeries Open(string path, string format) =>
        BarFile.OpenAsync(path, new BarQuery("m1", Timeframe.M1), new BarFileOptions
        {
            Format = format,
            TimeZone = "Etc/UTC",
            Formats = TestCatalogues.All.Formats,
        }).AsTask().GetAwaiter().GetResult();

    private static List<Bar> Read(string path, string format)
    {
        var bars = new List<Bar>();
        foreach (var block in Open(path, format).ReadAsync().ToBlockingEnumerable())
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        return bars;
    }
}
