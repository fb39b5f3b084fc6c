using System.Text;
using Granary.Data.Journals;
using Granary.Testing;
using Xunit;

namespace Granary.Data.Tests.Journals;

public sealed class FileJournalTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static JournalEntry Entry(long n, string kind = "Fill", string strategy = "S1", string symbol = "BTC") =>
        new(n, Start.AddSeconds(n), kind, strategy, symbol, Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"));

    private static async Task<List<JournalEntry>> All(IJournal journal, JournalQuery? query = null) =>
        await journal.ReadAsync(query ?? new JournalQuery()).ToListAsync();

    // Appends of one, two, three … entries: some tests try every byte of them.
    private static readonly int s_appends = TestEffort.Of(3, 5);

    private static async Task<(byte[] Bytes, List<int> Ends)> Written(string folder)
    {
        var ends = new List<int> { 4 };
        await using (var journal = FileJournal.Open(folder, TimeProvider.System))
        {
            var n = 1L;
            for (var append = 1; append <= s_appends; append++)
            {
                await journal.AppendAsync([.. Enumerable.Range(0, append).Select(_ => Entry(n++))]);
                ends.Add((int)journal.Length);
            }
        }
        return (await File.ReadAllBytesAsync(Path.Combine(folder, "journal.grj")), ends);
    }

    // Entries that the first so many frames hold.
    private static int EntriesOf(int frames) => frames * (frames + 1) / 2;

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
    public async Task Cut_at_any_byte_it_opens_to_the_last_whole_append_says_what_it_cut_and_goes_on()
    {
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        for (var length = 1; length < bytes.Length; length++)
        {
            using var cut = new TempFolder(inMemory: true);
            await File.WriteAllBytesAsync(Path.Combine(cut.Path, "journal.grj"), bytes[..length]);
            var whole = ends.Count(e => e <= length) - 1;
            await using var journal = FileJournal.Open(cut.Path, TimeProvider.System);
            journal.Last.ShouldBe(EntriesOf(Math.Max(0, whole)), $"at {length}");
            if (ends.Contains(length)) journal.Cut.ShouldBeNull($"at {length}");
            else journal.Cut.ShouldNotBeNull($"at {length}").ShouldContain("cut off");
            (await All(journal)).Count.ShouldBe(EntriesOf(Math.Max(0, whole)));
            if (length % 37 != 0) continue;
            await journal.AppendAsync([Entry(journal.Last + 1)]);
            (await All(journal))[^1].Sequence.ShouldBe(journal.Last);
        }
    }

    [Fact]
    public async Task Damaged_at_any_byte_it_keeps_every_append_before_the_damage_and_none_after_it()
    {
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        for (var at = 0; at < bytes.Length; at++)
        {
            using var damaged = new TempFolder(inMemory: true);
            var copy = (byte[])bytes.Clone();
            copy[at] ^= (byte)(1 << at % 8);
            await File.WriteAllBytesAsync(Path.Combine(damaged.Path, "journal.grj"), copy);
            await using var journal = FileJournal.Open(damaged.Path, TimeProvider.System);
            // The name of the format is put right; anything else ends what can be trusted.
            var whole = at < 4 ? s_appends : ends.Count(e => e <= at) - 1;
            journal.Last.ShouldBe(EntriesOf(whole), $"at {at}");
            journal.Cut.ShouldNotBeNull($"at {at}");
            (await All(journal)).Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, EntriesOf(whole)).Select(n => (long)n));
        }
    }

    // As a killed session leaves it: with the room that it had made.
    private static byte[] WithRoom(byte[] bytes, int room = 9000) => [.. bytes, .. new byte[room]];

    [Fact]
    public async Task Room_that_a_killed_session_left_is_no_damage_wherever_it_ends()
    {
        using var folder = new TempFolder();
        var (bytes, _) = await Written(folder.Path);
        for (var room = 0; room < 40; room++)
        {
            using var killed = new TempFolder(inMemory: true);
            await File.WriteAllBytesAsync(Path.Combine(killed.Path, "journal.grj"), WithRoom(bytes, room));
            await using (var journal = FileJournal.Open(killed.Path, TimeProvider.System))
            {
                journal.Cut.ShouldBeNull($"{room}");
                var last = EntriesOf(s_appends);
                journal.Last.ShouldBe(last);
                journal.Length.ShouldBe(bytes.Length);
                await journal.AppendAsync([Entry(last + 1)]);
                (await All(journal)).Count.ShouldBe(last + 1);
                FileJournal.Peek(killed.Path, new JournalQuery()).Count.ShouldBe(last + 1);
            }
            // Closed, it is as long as what it holds.
            new FileInfo(Path.Combine(killed.Path, "journal.grj")).Length.ShouldBeLessThan(2 * bytes.Length);
        }
    }

    [Fact]
    public async Task Torn_at_any_byte_of_a_write_into_its_room_it_opens_to_the_last_whole_append()
    {
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        for (var written = 4; written < bytes.Length; written++)
        {
            using var torn = new TempFolder(inMemory: true);
            var image = WithRoom(bytes);
            Array.Clear(image, written, bytes.Length - written);
            await File.WriteAllBytesAsync(Path.Combine(torn.Path, "journal.grj"), image);
            await using var journal = FileJournal.Open(torn.Path, TimeProvider.System);
            // A write whose missing bytes were zeros anyway has arrived.
            var whole = ends.FindLastIndex(e => image.AsSpan(0, e).SequenceEqual(bytes.AsSpan(0, e)));
            journal.Last.ShouldBe(EntriesOf(whole), $"at {written}");
            var rest = image.AsSpan(ends[whole]).ContainsAnyExcept((byte)0);
            if (!rest) journal.Cut.ShouldBeNull($"at {written}");
            else journal.Cut.ShouldNotBeNull($"at {written}").ShouldContain("cut off");
            (await All(journal)).Count.ShouldBe(EntriesOf(whole));
            if (written % 37 != 0) continue;
            await journal.AppendAsync([Entry(journal.Last + 1)]);
            (await All(journal))[^1].Sequence.ShouldBe(journal.Last);
        }
    }

    [Fact]
    public async Task A_write_whose_first_sector_never_arrived_is_cut_and_not_taken_for_room()
    {
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        var image = WithRoom(bytes);
        Array.Clear(image, ends[^3], 60);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "journal.grj"), image);
        await using var journal = FileJournal.Open(folder.Path, TimeProvider.System);
        journal.Last.ShouldBe(EntriesOf(s_appends - 2));
        journal.Cut.ShouldNotBeNull()
            .ShouldContain($"{bytes.Length - ends[^3]} bytes behind entry {EntriesOf(s_appends - 2)} were cut off");
        (await File.ReadAllBytesAsync(Directory.GetFiles(folder.Path, "*.cut-*").Single())).ShouldBe(image[ends[^3]..bytes.Length]);
    }

    [Fact]
    public async Task Damaged_at_any_byte_with_room_behind_it_keeps_every_append_before_the_damage()
    {
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        for (var at = 4; at < bytes.Length + 50; at++)
        {
            using var damaged = new TempFolder(inMemory: true);
            var image = WithRoom(bytes);
            image[at] ^= (byte)(1 << at % 8);
            await File.WriteAllBytesAsync(Path.Combine(damaged.Path, "journal.grj"), image);
            await using var journal = FileJournal.Open(damaged.Path, TimeProvider.System);
            journal.Last.ShouldBe(EntriesOf(ends.Count(e => e <= at) - 1), $"at {at}");
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
        using var folder = new TempFolder();
        var (bytes, ends) = await Written(folder.Path);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "journal.grj"), bytes[..^3]);
        await using var journal = FileJournal.Open(folder.Path, TimeProvider.System);
        var kept = Directory.GetFiles(folder.Path, "*.cut-*").Single();
        (await File.ReadAllBytesAsync(kept)).ShouldBe(bytes[ends[^2]..^3]);
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
