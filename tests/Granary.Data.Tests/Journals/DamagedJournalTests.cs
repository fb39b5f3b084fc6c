using Granary.Data.Journals;
using Xunit;
using static Granary.Data.Tests.Journals.JournalImages;

namespace Granary.Data.Tests.Journals;

/// <summary>A journal that was changed on the disk is not opened, and the fault names the record.</summary>
public sealed class DamagedJournalTests
{
    [Fact]
    public async Task Cut_at_any_byte_of_an_append_that_was_acknowledged_it_is_refused()
    {
        var made = await WrittenAsync();
        for (var length = 0; length < made.Bytes.Length; length++)
        {
            using var cut = await made.LayAsync(made.Bytes[..length], head: made.WholeAt(length) + 1);
            Refused(cut, $"at {length}").Message.ShouldContain("records are gone");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9000)]
    public async Task Changed_at_any_byte_it_is_refused_with_the_number_of_the_record(int room)
    {
        var made = await WrittenAsync();
        var bytes = WithRoom(made.Bytes, room);
        for (var at = 0; at < made.Bytes.Length; at++)
            foreach (var bit in (int[])[at % 8, (at + 3) % 8])
            {
                var copy = (byte[])bytes.Clone();
                copy[at] ^= (byte)(1 << bit);
                // Even where the last record's entry in the head is not there yet.
                using var damaged = await made.LayAsync(copy, head: Appends - 1);
                Refused(damaged, $"at {at}").Message.ShouldContain(at < 4 ? "is not a journal" : $"record {made.WholeAt(at) + 1}: ");
            }
    }

    [Fact]
    public async Task A_record_that_is_dropped_repeated_swapped_or_inserted_is_refused_with_its_number()
    {
        var made = await WrittenAsync();
        for (var n = 1; n <= Appends; n++)
        {
            if (n < Appends) await RefuseAsync(n, [.. Numbers(1, n - 1), .. Numbers(n + 1, Appends)]);
            await RefuseAsync(n + 1, [.. Numbers(1, n), .. Numbers(n, Appends)]);
            for (var m = n + 1; m <= Appends; m++)
                await RefuseAsync(n, [.. Numbers(1, n - 1), m, .. Numbers(n + 1, m - 1), n, .. Numbers(m + 1, Appends)]);
            await RefuseAsync(Appends + 1, [.. Numbers(1, Appends), n]);
        }
        IEnumerable<int> Numbers(int from, int to) => Enumerable.Range(from, Math.Max(0, to - from + 1));

        async Task RefuseAsync(int record, IEnumerable<int> records)
        {
            using var damaged = await made.LayAsync([.. "GRJ2"u8, .. records.SelectMany(made.Record)], head: 0);
            Refused(damaged, $"{record}").Message.ShouldContain($"record {record}: ");
        }
    }

    [Fact]
    public async Task A_record_of_another_history_is_refused_though_its_number_is_right()
    {
        var made = await WrittenAsync();
        using var folder = new TempFolder(inMemory: true);
        var n = 1L;
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
            for (var append = 1; append <= Appends; append++)
                await journal.AppendAsync([.. Enumerable.Range(0, append).Select(_ => Entry(n++, append == 1 ? "Order" : "Fill"))]);
        var other = made with { Bytes = await File.ReadAllBytesAsync(Path.Combine(folder.Path, "journal.grj")) };
        var secondOfOther = other.Bytes[^(made.Bytes.Length - made.Ends[1])..];
        using var mixed = await made.LayAsync([.. made.Bytes[..made.Ends[1]], .. secondOfOther], head: 1);
        Refused(mixed, "mixed").Message.ShouldContain("record 2: its content does not have the hash that continues the chain");
    }

    [Fact]
    public async Task A_journal_that_was_emptied_cut_at_a_record_or_lost_its_head_is_refused()
    {
        var made = await WrittenAsync();
        for (var kept = 0; kept < Appends; kept++)
        {
            using var cut = await made.LayAsync(made.Bytes[..made.Ends[kept]], head: Appends);
            Refused(cut, $"{kept}")
                .Message.ShouldContain($"it ends with record {kept}, and its head has record {Appends}: records are gone");
        }
        using var emptied = await made.LayAsync([], head: Appends);
        Refused(emptied, "empty").Message.ShouldContain("it is empty");
        File.Delete(Path.Combine(emptied.Path, "journal.grj"));
        Should.Throw<JournalException>(() => FileJournal.Open(emptied.Path, TimeProvider.System)).Message.ShouldContain("it is empty");
        using var headless = await made.LayAsync(made.Bytes, head: Appends);
        await File.WriteAllBytesAsync(Path.Combine(headless.Path, "journal.grj.head"), []);
        Refused(headless, "no head").Message.ShouldContain("journal.grj.head does not hold its newest record");
    }

    [Fact]
    public async Task A_head_that_is_changed_at_any_byte_is_refused()
    {
        var made = await WrittenAsync();
        for (var at = 0; at < made.Heads[0].Length; at++)
        {
            using var damaged = await made.LayAsync(made.Bytes, head: Appends);
            var head = (byte[])made.Heads[Appends].Clone();
            head[at] ^= (byte)(1 << at % 8);
            await File.WriteAllBytesAsync(Path.Combine(damaged.Path, "journal.grj.head"), head);
            Refused(damaged, $"at {at}").Message.ShouldContain("journal.grj.head");
        }
    }
}
