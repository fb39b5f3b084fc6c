using System.Text;
using Granary.Data.Journals;
using Xunit;
using static Granary.Data.Tests.Journals.JournalImages;

namespace Granary.Data.Tests.Journals;

public sealed class FileJournalTests
{
    [Fact]
    public async Task What_was_appended_is_read_again_in_order_and_by_strategy_symbol_kind_and_time()
    {
        using var folder = new TempFolder();
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
        {
            await journal.AppendAsync([Entry(1), Entry(2, "Order", "S2", "ETH"), Entry(3, "Fill", "S2", "BTC")]);
            await journal.AppendAsync([Entry(4, "Fill", "Größe", "日経")]);
        }
        await using var again = FileJournal.Open(folder.Path, TimeProvider.System);
        again.Cut.ShouldBeNull();
        again.Last.ShouldBe(4);
        var all = await All(again);
        all.Select(e => e.Sequence).ShouldBe([1, 2, 3, 4]);
        Encoding.UTF8.GetString(all[2].Body.Span).ShouldBe("""{"n":3}""");
        (all[3].Strategy, all[3].Symbol, all[3].At).ShouldBe(("Größe", "日経", Start.AddSeconds(4)));
        (await All(again, new JournalQuery(Strategy: "S2"))).Select(e => e.Sequence).ShouldBe([2, 3]);
        (await All(again, new JournalQuery(Symbol: "BTC", Kind: "Fill"))).Select(e => e.Sequence).ShouldBe([1, 3]);
        (await All(again, new JournalQuery(From: Start.AddSeconds(2), To: Start.AddSeconds(4)))).Select(e => e.Sequence).ShouldBe([2, 3]);
        FileJournal.Peek(folder.Path, new JournalQuery(After: 3)).Single().Sequence.ShouldBe(4);
    }

    [Fact]
    public async Task A_later_reading_goes_on_where_the_one_before_ended_and_reads_all_if_earlier_entries_are_wanted()
    {
        using var folder = new TempFolder();
        await using var journal = FileJournal.Open(folder.Path, TimeProvider.System);
        await journal.AppendAsync([Entry(1), Entry(2)]);
        var (first, place) = FileJournal.PeekFrom(null, folder.Path, new JournalQuery());
        (first.Count, place.Sequence).ShouldBe((2, 2));
        FileJournal.PeekFrom(place, folder.Path, new JournalQuery(After: 2)).Entries.ShouldBeEmpty();
        await journal.AppendAsync([Entry(3)]);
        await journal.AppendAsync([Entry(4), Entry(5)]);
        var (later, end) = FileJournal.PeekFrom(place, folder.Path, new JournalQuery(After: 2));
        later.Select(e => e.Sequence).ShouldBe([3, 4, 5]);
        FileJournal.PeekFrom(end, folder.Path, new JournalQuery(After: 1)).Entries.Select(e => e.Sequence).ShouldBe([2, 3, 4, 5]);
        // A place that is not in the file is noticed.
        Should.Throw<JournalException>(() => FileJournal.PeekFrom(place with { End = place.End + 1 }, folder.Path,
            new JournalQuery(After: 2)));
    }

    [Fact]
    public async Task Cut_at_any_byte_of_the_last_write_it_opens_to_the_append_before_says_what_it_cut_and_goes_on()
    {
        var made = await WrittenAsync();
        for (var length = 1; length <= made.Bytes.Length; length++)
        {
            var whole = made.WholeAt(length);
            using var cut = await made.LayAsync(made.Bytes[..length], head: whole);
            await using var journal = FileJournal.Open(cut.Path, TimeProvider.System);
            journal.Last.ShouldBe(EntriesOf(whole), $"at {length}");
            if (length < 4 || made.Ends.Contains(length)) journal.Cut.ShouldBeNull($"at {length}");
            else journal.Cut.ShouldNotBeNull($"at {length}").ShouldContain("cut off");
            (await All(journal)).Count.ShouldBe(EntriesOf(whole));
            if (length % 37 != 0) continue;
            await journal.AppendAsync([Entry(journal.Last + 1)]);
            (await All(journal))[^1].Sequence.ShouldBe(journal.Last);
        }
    }

    [Fact]
    public async Task Room_that_a_killed_session_left_is_no_damage_wherever_it_ends()
    {
        var made = await WrittenAsync();
        for (var room = 0; room < 40; room++)
        {
            using var killed = await made.LayAsync(WithRoom(made.Bytes, room), head: Appends);
            await using (var journal = FileJournal.Open(killed.Path, TimeProvider.System))
            {
                journal.Cut.ShouldBeNull($"{room}");
                var last = EntriesOf(Appends);
                journal.Last.ShouldBe(last);
                journal.Length.ShouldBe(made.Bytes.Length);
                await journal.AppendAsync([Entry(last + 1)]);
                (await All(journal)).Count.ShouldBe(last + 1);
                FileJournal.Peek(killed.Path, new JournalQuery()).Count.ShouldBe(last + 1);
            }
            // Closed, it is as long as what it holds.
            new FileInfo(Path.Combine(killed.Path, "journal.grj")).Length.ShouldBeLessThan(2 * made.Bytes.Length);
        }
    }

    // Less than this at the end of a record could be zeros by chance; a disk writes whole sectors.
    private const int LeastGap = 8;

    [Fact]
    public async Task Torn_at_any_byte_of_a_write_into_its_room_it_opens_to_the_last_whole_append()
    {
        var made = await WrittenAsync();
        for (var written = 4; written < made.Bytes.Length; written++)
        {
            var whole = made.WholeAt(written);
            if (made.Ends[whole + 1] - written < LeastGap) continue;
            var image = WithRoom(made.Bytes);
            Array.Clear(image, written, made.Bytes.Length - written);
            using var torn = await made.LayAsync(image, head: whole);
            await using var journal = FileJournal.Open(torn.Path, TimeProvider.System);
            journal.Last.ShouldBe(EntriesOf(whole), $"at {written}");
            var rest = image.AsSpan(made.Ends[whole]).ContainsAnyExcept((byte)0);
            if (!rest) journal.Cut.ShouldBeNull($"at {written}");
            else journal.Cut.ShouldNotBeNull($"at {written}").ShouldContain("cut off");
            (await All(journal)).Count.ShouldBe(EntriesOf(whole));
            if (written % 37 != 0) continue;
            await journal.AppendAsync([Entry(journal.Last + 1)]);
            (await All(journal))[^1].Sequence.ShouldBe(journal.Last);
        }
    }

    [Fact]
    public async Task Any_sectors_of_the_last_write_that_never_arrived_are_cut_and_in_an_earlier_one_they_are_damage()
    {
        const int Sector = 512;
        using var folder = new TempFolder(inMemory: true);
        var ends = new List<int>();
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
            for (var n = 1L; n <= 2; n++)
            {
                await journal.AppendAsync([Entry(n) with { Body = Encoding.UTF8.GetBytes(new string('x', 3000)) }]);
                ends.Add((int)journal.Length);
            }
        var path = Path.Combine(folder.Path, "journal.grj");
        var bytes = await File.ReadAllBytesAsync(path);
        var head = await File.ReadAllBytesAsync(path + ".head");
        for (var lost = 0; lost < bytes.Length; lost += Sector)
        {
            var image = WithRoom(bytes);
            // The part of the first record in the sector in which the second begins was there before.
            var from = Math.Max(lost, lost < ends[0] && lost + Sector > ends[0] ? ends[0] : lost);
            Array.Clear(image, from, Math.Min(lost + Sector, bytes.Length) - from);
            using var torn = new TempFolder(inMemory: true);
            await File.WriteAllBytesAsync(Path.Combine(torn.Path, "journal.grj"), image);
            await File.WriteAllBytesAsync(Path.Combine(torn.Path, "journal.grj.head"), head);
            Should.Throw<JournalException>(() => FileJournal.Open(torn.Path, TimeProvider.System), $"{lost}");
            if (from < ends[0]) continue;
            // As the head is while the second write is under way.
            var made = await HeadOfFirstAsync(bytes[..ends[0]]);
            await File.WriteAllBytesAsync(Path.Combine(torn.Path, "journal.grj.head"), made);
            await using var journal = FileJournal.Open(torn.Path, TimeProvider.System);
            journal.Last.ShouldBe(1);
            journal.Cut.ShouldNotBeNull().ShouldContain("behind entry 1 were cut off");
        }
    }

    // Opening and closing a journal leaves the head of its last record.
    private static async Task<byte[]> HeadOfFirstAsync(byte[] bytes)
    {
        using var folder = new TempFolder(inMemory: true);
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System)) journal.Last.ShouldBe(0);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "journal.grj"), bytes);
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System)) journal.Last.ShouldBe(1);
        return await File.ReadAllBytesAsync(Path.Combine(folder.Path, "journal.grj.head"));
    }

    [Fact]
    public async Task Bytes_in_the_room_behind_the_last_append_are_cut_off_as_an_unfinished_write()
    {
        var made = await WrittenAsync();
        for (var at = made.Bytes.Length; at < made.Bytes.Length + 50; at++)
        {
            var image = WithRoom(made.Bytes);
            image[at] ^= (byte)(1 << at % 8);
            using var stray = await made.LayAsync(image, head: Appends);
            await using var journal = FileJournal.Open(stray.Path, TimeProvider.System);
            journal.Last.ShouldBe(EntriesOf(Appends), $"at {at}");
            journal.Cut.ShouldNotBeNull($"at {at}");
        }
    }

    [Fact]
    public async Task It_grows_beyond_its_room_and_holds_all()
    {
        using var folder = new TempFolder();
        var body = new byte[300_000];
        Array.Fill(body, (byte)'x');
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
            for (var n = 1L; n <= 12; n++)
            {
                await journal.AppendAsync([Entry(n) with { Body = body }]);
                if (n % 3 == 0) journal.Prepare();
            }
        await using var again = FileJournal.Open(folder.Path, TimeProvider.System);
        again.Cut.ShouldBeNull();
        (await All(again)).Select(e => e.Body.Length).ShouldBe(Enumerable.Repeat(body.Length, 12));
    }

    [Fact]
    public async Task What_was_cut_off_is_kept_beside_it()
    {
        var made = await WrittenAsync();
        using var folder = await made.LayAsync(made.Bytes[..^3], head: Appends - 1);
        await using var journal = FileJournal.Open(folder.Path, TimeProvider.System);
        var kept = Directory.GetFiles(folder.Path, "*.cut-*").Single();
        (await File.ReadAllBytesAsync(kept)).ShouldBe(made.Bytes[made.Ends[^2]..^3]);
    }

    [Fact]
    public async Task Facts_that_were_written_without_waiting_for_the_disk_may_be_gone_after_a_power_cut()
    {
        using var folder = new TempFolder(inMemory: true);
        var path = Path.Combine(folder.Path, "journal.grj");
        byte[] kept;
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
        {
            await journal.AppendAsync([Entry(1)]);
            var length = journal.Length;
            await journal.WriteAsync([Entry(2)]);
            using (var file = new FileStream(path + ".head", FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            {
                kept = new byte[file.Length];
                file.ReadExactly(kept);
            }
            using var cut = new TempFolder(inMemory: true);
            await File.WriteAllBytesAsync(Path.Combine(cut.Path, "journal.grj"), Shared(path)[..(int)length]);
            await File.WriteAllBytesAsync(Path.Combine(cut.Path, "journal.grj.head"), kept);
            await using var again = FileJournal.Open(cut.Path, TimeProvider.System);
            again.Last.ShouldBe(1);
        }
        await using var closed = FileJournal.Open(folder.Path, TimeProvider.System);
        closed.Last.ShouldBe(2);

        static byte[] Shared(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task An_append_that_is_repeated_changes_nothing_and_one_that_leaves_a_gap_is_refused()
    {
        using var folder = new TempFolder();
        await using var journal = FileJournal.Open(folder.Path, TimeProvider.System);
        await journal.AppendAsync([Entry(1), Entry(2)]);
        await journal.AppendAsync([Entry(1), Entry(2), Entry(3)]);
        (await All(journal)).Count.ShouldBe(3);
        await Should.ThrowAsync<ArgumentException>(async () => await journal.AppendAsync([Entry(5)]));
    }

    [Fact]
    public async Task A_second_session_on_one_account_is_refused_with_the_name_of_the_first()
    {
        using var folder = new TempFolder();
        await using (FileJournal.Open(folder.Path, TimeProvider.System, "granary live of Anna"))
        {
            var refused = Should.Throw<LeaseException>(() => FileJournal.Open(folder.Path, TimeProvider.System));
            refused.Message.ShouldContain("is traded by granary live of Anna, process");
            refused.Message.ShouldContain("stop that session first");
        }
        await using var next = FileJournal.Open(folder.Path, TimeProvider.System);
        next.Last.ShouldBe(0);
    }

    [Fact]
    public void A_file_that_was_never_a_journal_is_left_alone()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "journal.grj");
        File.WriteAllText(path, "dear diary, today nothing was traded");
        Should.Throw<JournalException>(() => FileJournal.Open(folder.Path, TimeProvider.System)).Message.ShouldContain("is not a journal");
        File.ReadAllText(path).ShouldStartWith("dear diary");
    }
}
