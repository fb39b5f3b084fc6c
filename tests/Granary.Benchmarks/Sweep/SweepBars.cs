using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Benchmarks.Sweep;

/// <summary>The year of minutes that the reference runs over, in memory.</summary>
internal sealed class SweepBars
{
    private readonly Bar[] _bars;

    private SweepBars(Bar[] bars) => _bars = bars;

    public int Count => _bars.Length;

    public MarketSeries Series { get; } = new(new Instrument { Symbol = "m1", PriceDecimals = 4 }, Timeframe.M1);

    public IReadOnlyList<BarBlock> Blocks(int size, int count = int.MaxValue)
    {
        count = Math.Min(count, _bars.Length);
        var blocks = new List<BarBlock>();
        for (var i = 0; i < count; i += size) blocks.Add(BarBlock.FromBars(i, _bars.AsSpan(i, Math.Min(size, count - i))));
        return blocks;
    }

    /// <summary>m1.csv.gz of the bench folder.</summary>
    public static SweepBars Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        var bars = new List<Bar>(525_600);
        Span<double> values = stackalloc double[5];
        while (reader.ReadLine() is { } line)
        {
            var time = DateTime.ParseExact(line.AsSpan(0, 19), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            var cells = line.AsSpan(20);
            var i = 0;
            foreach (var cell in cells.Split(',')) values[i++] = double.Parse(cells[cell], CultureInfo.InvariantCulture);
            bars.Add(new Bar(time.Ticks, values[0], values[1], values[2], values[3], values[4]));
        }
        return new SweepBars([.. bars]);
    }

    /// <summary>Four columns of float64, as sweep.cpp reads them: open, high, low, close.</summary>
    public void WriteColumns(string path)
    {
        using var file = File.Create(path);
        foreach (Func<Bar, double> column in new Func<Bar, double>[] { b => b.Open, b => b.High, b => b.Low, b => b.Close })
            file.Write(MemoryMarshal.AsBytes<double>(_bars.Select(column).ToArray()));
    }
}
