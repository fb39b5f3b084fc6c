using Granary.Engine.Market;
using ParquetSharp;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>What Hadoop's older programs write: times of 96 bits and their own framing of lz4.</summary>
public sealed class OlderFilesTests : IDisposable
{
    private const int UnixJulianDay = 2_440_588, Count = 3000;

    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Times_of_96_bits_and_lz4_of_Hadoop_are_read()
    {
        Write(_files.At("p/A.parquet"));
        var bars = await Bars.Of("parquet:" + _files.At("p"), "A", Timeframe.M1);
        bars.All.Count.ShouldBe(Count);
        for (var i = 0; i < Count; i++)
            bars.All[i].ShouldBe(new Bar(new DateTime(2020, 1, 6).AddMinutes(i).Ticks, 10.5, 12, 9.25, 11, i));
    }

    private static void Write(string path)
    {
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Lz4Hadoop).Build();
        using var writer = new ParquetFileWriter(path, [new Column<Int96>("time"), new Column<double>("open"), new Column<double>("high"),
            new Column<double>("low"), new Column<double>("close"), new Column<double>("volume")], properties);
        using var group = writer.AppendRowGroup();
        using (var time = group.NextColumn().LogicalWriter<Int96>()) time.WriteBatch([.. Enumerable.Range(0, Count).Select(Time)]);
        foreach (var value in (double[])[10.5, 12, 9.25, 11])
            using (var price = group.NextColumn().LogicalWriter<double>()) price.WriteBatch([.. Enumerable.Repeat(value, Count)]);
        using (var volume = group.NextColumn().LogicalWriter<double>())
            volume.WriteBatch([.. Enumerable.Range(0, Count).Select(i => (double)i)]);
        writer.Close();
    }

    // Nanoseconds of the day, the lower half first, and the Julian day.
    private static Int96 Time(int minute)
    {
        var day = new DateTime(2020, 1, 6).AddDays(minute / 1440).Subtract(DateTime.UnixEpoch).Days + UnixJulianDay;
        var nanoseconds = minute % 1440 * 60_000_000_000L;
        return new Int96((int)(nanoseconds & 0xFFFFFFFF), (int)(nanoseconds >> 32), day);
    }
}
