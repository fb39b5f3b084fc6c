using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

/// <summary>Memory of a reader. It is measured for the whole process, so that nothing else may run in it meanwhile.</summary>
[Collection(nameof(MemoryOfReadingTests))]
[CollectionDefinition(nameof(MemoryOfReadingTests), DisableParallelization = true)]
public sealed class MemoryOfReadingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string WriteMinutes(int count)
    {
        var path = Path.Combine(_folder.Path, "m.csv");
        using var writer = new StreamWriter(path);
        writer.Write("time,open,high,low,close,volume\n");
        for (var n = 0; n < count; n++)
            writer.Write($"{new DateTime(2020, 1, 1).AddMinutes(n):yyyy-MM-dd HH:mm:ss},100.5,110.5,90.5,100.5,{n % 1000}\n");
        return path;
    }

    [Fact]
    public void Reading_takes_the_same_memory_however_long_the_file_is()
    {
        var path = WriteMinutes(400_000);
        Read.Open(path, "1m", new BarFileOptions { MemoryBudget = 100_000 });
        var series = Read.Open(path, "1m", new BarFileOptions { MemoryBudget = 100_000 });
        // What tests before this one have left is freed at any time, so the memory before the reading counts, not that after it.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var n = 0;
        foreach (var block in series.ReadAsync().ToBlockingEnumerable())
        {
            if (n++ % 64 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }
        // The bars alone are 19 MB.
        most.ShouldBeLessThan(before + 6_000_000);
    }

    [Fact]
    public void Ten_gigabytes_stream_in_bounded_memory()
    {
        Assert.SkipUnless(double.TryParse(Environment.GetEnvironmentVariable("GRANARY_LARGE_GB"),
            System.Globalization.CultureInfo.InvariantCulture, out var gigabytes),
            "writes and reads a file of so many gigabytes: set GRANARY_LARGE_GB=10 (five minutes, and the disk for it)");
        var path = Path.Combine(_folder.Path, "large.csv");
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20))
        {
            file.Write("time,open,high,low,close,volume\n"u8);
            var row = new byte[128];
            for (var minute = new DateTime(1795, 1, 1); file.Position < gigabytes * 1e9; minute = minute.AddMinutes(1))
            {
                var n = (int)(minute.Ticks / TimeSpan.TicksPerMinute % 1000);
                System.Text.Unicode.Utf8.TryWrite(row, System.Globalization.CultureInfo.InvariantCulture,
                    $"{minute:yyyy-MM-dd HH:mm:ss},{100 + n % 7}.25,{110 + n % 7}.50,{90 + n % 7}.75,{100 + n % 5}.00,{n}\n",
                    out var length);
                file.Write(row.AsSpan(0, length));
            }
        }
        var series = Read.Open(path, "1m");
        series.IsInMemory.ShouldBeFalse();
        var (bars, blocks, most) = (0L, 0, 0L);
        foreach (var block in series.ReadAsync().ToBlockingEnumerable())
        {
            bars += block.Count;
            if (blocks++ % 4096 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }
        bars.ShouldBe(series.Count);
        most.ShouldBeLessThan(64_000_000);
        Environment.WorkingSet.ShouldBeLessThan(1_000_000_000);
    }
}
