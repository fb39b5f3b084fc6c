using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

public sealed class LargeFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Minutes(int count, bool descending = false)
    {
        var path = Path.Combine(_folder.Path, "m.csv");
        using var writer = new StreamWriter(path);
        writer.Write("time,open,high,low,close,volume\n");
        for (var i = 0; i < count; i++)
        {
            var n = descending ? count - 1 - i : i;
            writer.Write(
                $"{new DateTime(2020, 1, 1).AddMinutes(n):yyyy-MM-dd HH:mm:ss},{100 + n % 7},{110 + n % 7},{90 + n % 7},{100 + n % 5},"
                    + $"{n % 1000}\n");
        }
        return path;
    }

    private static readonly BarFileOptions NothingKept = new() { MemoryBudget = 100_000 };

    [Fact]
    public void A_file_beyond_the_budget_is_read_from_the_disk_again_and_gives_the_same_bars()
    {
        var path = Minutes(30_000);
        var small = Read.Open(path, "1m");
        var large = Read.Open(path, "1m", NothingKept);
        (small.IsInMemory, large.IsInMemory).ShouldBe((true, false));
        large.ContentHash.ShouldBe(small.ContentHash);
        var bars = Read.All(small);
        foreach (var size in new[] { 1000, 1024, 4096 }) Read.All(large, size).ShouldBe(bars);
    }

    [Fact]
    public async Task A_budget_is_given_back_when_a_market_is_closed()
    {
        Minutes(30_000);
        var source = new CsvBarSource(_folder.Path, new BarFileOptions { MemoryBudget = 2_000_000 });
        for (var i = 0; i < 3; i++)
        {
            await using var series = (BarFileSeries)await source.OpenAsync(new BarQuery("m", Timeframe.M1));
            series.IsInMemory.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_file_that_changes_between_two_readings_is_noticed()
    {
        var path = Minutes(30_000);
        var series = Read.Open(path, "1m", NothingKept);
        File.AppendAllText(path, "2021-01-01 00:00:00,1,2,1,2,3\n");
        Should.Throw<BarDataException>(() =>
            Read.All(series)).Message.ShouldBe($"{path}: the file changed while it was read; wait until nothing writes to it and run "
                + $"again");

        // The same length, and even the same date on the file.
        path = Minutes(30_000);
        series = Read.Open(path, "1m", NothingKept);
        var date = File.GetLastWriteTimeUtc(path);
        var bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, date);
        Should.Throw<BarDataException>(() => Read.All(series)).Message.ShouldContain("the file changed while it was read");
    }

    [Fact]
    public void A_file_that_grows_while_it_is_opened_is_noticed()
    {
        var path = Minutes(200_000);
        using var stop = new CancellationTokenSource();
        var ready = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            while (!stop.IsCancellationRequested)
            {
                file.Write("2030-01-01 00:00:00,1,2,1,2,3\n"u8);
                file.Flush();
                ready.Set();
            }
        });
        writer.Start();
        ready.Wait();
        try
        {
            Should.Throw<BarDataException>(() => Read.Open(path, "1m")).Message.ShouldContain(path);
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }
    }

    [Fact]
    public void A_newest_first_file_is_turned_round_in_memory_or_refused()
    {
        var path = Minutes(30_000, descending: true);
        var series = Read.Open(path, "1m");
        series.Notes.ShouldContain("the rows run from newest to oldest and were turned round");
        Read.All(series).ShouldBe(Read.Bars(Minutes(30_000), "1m"));
        path = Minutes(30_000, descending: true);
        Should.Throw<BarDataException>(() => Read.Open(path, "1m",
            NothingKept)).Message.ShouldContain("too many to turn them round in memory; sort the file oldest first");
    }

    [Fact]
    public async Task Cancelling_stops_the_opening()
    {
        var path = Minutes(200_000);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await BarFile.OpenAsync(path, new BarQuery("X", Timeframe.M1), null,
            cancelled.Token));
    }
}
