using Granary.Data.Journals;
using Granary.Storage.Tests.Files;
using Xunit;
using static Granary.Data.Tests.Journals.JournalImages;

namespace Granary.Data.Tests.Journals;

/// <summary>A journal opens after a power cut, a full disk and a failed flush, with all that was acknowledged.</summary>
public sealed class CutJournalTests : IDisposable
{
    private const int Sector = 512;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly FaultyDisk _disk = new();

    public void Dispose() => _folder.Dispose();

    private string Journal => Path.Combine(_folder.Path, "journal.grj");

    private FileJournal Open(bool flush = true) => FileJournal.Open(_folder.Path, TimeProvider.System, flush: flush, disk: _disk);

    private static JournalEntry Long(long n) => Entry(n) with { Body = Filled(2 * Sector) };

    private static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)7, length)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(20, 0)]
    [InlineData(48, 4)]
    public async Task A_new_journal_whose_head_was_not_finished_opens(int head, int length)
    {
        await File.WriteAllBytesAsync(Journal, new byte[length], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Journal + ".head", new byte[head], TestContext.Current.CancellationToken);
        await using (var journal = Open()) await journal.AppendAsync([Entry(1)]);
        await using var again = Open();
        again.Last.ShouldBe(1);
    }

    [Fact]
    public async Task The_files_of_a_new_journal_and_the_folders_above_them_are_on_the_disk_before_its_first_entry()
    {
        await using (var journal = Open())
        {
            var opened = _disk.Done.ToList();
            opened.ShouldContain("flush journal.grj");
            opened.ShouldContain("flush journal.grj.head");
            opened.IndexOf($"sync {Path.GetFileName(_folder.Path)}").ShouldBeGreaterThan(opened.IndexOf("flush journal.grj.head"));
            await journal.AppendAsync([Entry(1)]);
        }
        _disk.Done.Clear();
        await using var again = Open();
        _disk.Done.ShouldNotContain($"sync {Path.GetFileName(_folder.Path)}");
    }

    // Records 2 to 4 are not flushed; a power cut keeps any sectors of them.
    [Fact]
    public async Task Records_that_were_not_flushed_are_cut_off_although_a_later_one_is_whole()
    {
        var ends = await UnflushedAsync();
        Blank(ends[0] / Sector + 1);
        await using var journal = Open();
        journal.Last.ShouldBe(1);
        journal.Cut.ShouldNotBeNull().ShouldContain("behind entry 1 were cut off");
        await journal.AppendAsync([Entry(2)]);
        (await All(journal)).Select(e => e.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_record_with_a_blank_sector_before_one_that_was_written_after_its_flush_is_damage()
    {
        var ends = await UnflushedAsync(isFlushedLater: true);
        Blank(ends[0] / Sector + 1);
        // As if the head had not been written since.
        Should.Throw<JournalException>(() => Open()).Message.ShouldContain("is damaged");
    }

    [Fact]
    public async Task A_record_whose_last_sector_has_a_few_bytes_and_was_not_written_is_cut_off()
    {
        // Finds a length at which the last sector has less than eight bytes of the record.
        for (var length = 400; length < 1000; length++)
        {
            using var folder = new TempFolder(inMemory: true);
            var path = Path.Combine(folder.Path, "journal.grj");
            await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System, flush: false))
            {
                await journal.AppendAsync([Entry(1) with { Body = Filled(length) }]);
                if (journal.Length % Sector is 0 or > 7) continue;
            }
            var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            bytes.AsSpan(bytes.Length / Sector * Sector).Clear();
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(path + ".head", await FirstHeadAsync(), TestContext.Current.CancellationToken);
            await using var again = FileJournal.Open(folder.Path, TimeProvider.System);
            again.Last.ShouldBe(0, $"at {length}");
        }
    }

    [Fact]
    public async Task After_a_failed_flush_the_next_opening_writes_the_records_again_that_may_not_be_on_the_disk()
    {
        var journal = Open();
        await journal.AppendAsync([Entry(1)]);
        _disk.Fails = (what, path) => what == "flush" && path == Journal;
        await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync([Entry(2)]));
        await journal.DisposeAsync();
        _disk.Fails = (_, _) => false;
        _disk.Done.Clear();
        await using var again = Open();
        again.Last.ShouldBe(2);
        _disk.Done.Take(2).ShouldBe(["write journal.grj.lease.holder", "write journal.grj"]);
        _disk.Done[2].ShouldBe("flush journal.grj");
    }

    // The head of a journal without records.
    private static async Task<byte[]> FirstHeadAsync()
    {
        using var folder = new TempFolder(inMemory: true);
        await FileJournal.Open(folder.Path, TimeProvider.System).DisposeAsync();
        return await File.ReadAllBytesAsync(Path.Combine(folder.Path, "journal.grj.head"));
    }

    // Returns the ends of the records.
    private async Task<List<int>> UnflushedAsync(bool isFlushedLater = false)
    {
        var ends = new List<int>();
        await using (var journal = Open())
        {
            await journal.AppendAsync([Entry(1)]);
            ends.Add((int)journal.Length);
            for (var n = 2; n <= 4; n++)
            {
                await journal.WriteAsync([Long(n)]);
                ends.Add((int)journal.Length);
            }
            if (isFlushedLater)
            {
                await journal.AppendAsync([Entry(5)]);
                await journal.AppendAsync([Entry(6)]);
            }
            File.Copy(Journal, Journal + ".copy");
        }
        File.Move(Journal + ".copy", Journal, overwrite: true);
        await File.WriteAllBytesAsync(Journal + ".head", await FirstHeadAsync());
        return ends;
    }

    private void Blank(int sector)
    {
        using var file = File.OpenHandle(Journal, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, new byte[Sector], (long)sector * Sector);
    }
}
