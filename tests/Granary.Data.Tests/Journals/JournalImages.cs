using System.Text;
using Granary.Data.Journals;
using Granary.Testing;
using Xunit;

namespace Granary.Data.Tests.Journals;

/// <summary>Journals of a few appends, as their files are while a session has them open and afterwards.</summary>
internal static class JournalImages
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static JournalEntry Entry(long n, string kind = "Fill", string strategy = "S1", string symbol = "BTC") =>
        new(n, Start.AddSeconds(n), kind, strategy, symbol, Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"));

    public static async Task<List<JournalEntry>> All(IJournal journal, JournalQuery? query = null) =>
        await journal.ReadAsync(query ?? new JournalQuery()).ToListAsync();

    // Appends of one, two, three … entries: some tests try every byte of them.
    public static readonly int Appends = TestEffort.Of(3, 5);

    /// <param name="Bytes">Of the closed journal.</param>
    /// <param name="Ends">Where its records end; the first is that of the file's name.</param>
    /// <param name="Heads">The head as it was behind each of them.</param>
    internal sealed record Made(byte[] Bytes, List<int> Ends, List<byte[]> Heads)
    {
        public byte[] Record(int number) => Bytes[Ends[number - 1]..Ends[number]];

        public int WholeAt(int length) => Math.Max(0, Ends.Count(e => e <= length) - 1);

        /// <summary>A folder with this journal, as the session of the head left it.</summary>
        public async Task<TempFolder> LayAsync(byte[] bytes, int head)
        {
            var folder = new TempFolder(inMemory: true);
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, "journal.grj"), bytes);
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, "journal.grj.head"), Heads[head]);
            return folder;
        }
    }

    public static async Task<Made> WrittenAsync()
    {
        using var folder = new TempFolder(inMemory: true);
        var (ends, heads) = (new List<int> { 4 }, new List<byte[]>());
        await using (var journal = FileJournal.Open(folder.Path, TimeProvider.System))
        {
            var n = 1L;
            heads.Add(Head());
            for (var append = 1; append <= Appends; append++)
            {
                await journal.AppendAsync([.. Enumerable.Range(0, append).Select(_ => Entry(n++))]);
                ends.Add((int)journal.Length);
                heads.Add(Head());
            }
        }
        Head().ShouldBe(heads[^1]);
        return new Made(await File.ReadAllBytesAsync(Path.Combine(folder.Path, "journal.grj")), ends, heads);

        byte[] Head()
        {
            using var file = new FileStream(Path.Combine(folder.Path, "journal.grj.head"), FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }

    public static JournalException Refused(TempFolder folder, string where)
    {
        var path = Path.Combine(folder.Path, "journal.grj");
        var before = File.ReadAllBytes(path);
        var refused = Should.Throw<JournalException>(() => FileJournal.Open(folder.Path, TimeProvider.System), where);
        Should.Throw<JournalException>(() => FileJournal.Peek(folder.Path, new JournalQuery()), where).Message.ShouldBe(refused.Message);
        // Nothing of it is lost by the attempt.
        File.ReadAllBytes(path).ShouldBe(before);
        refused.MayPass.ShouldBeFalse();
        return refused;
    }

    // Entries that the first so many frames hold.
    public static int EntriesOf(int frames) => frames * (frames + 1) / 2;

    // As a killed session leaves it: with the room that it had made.
    public static byte[] WithRoom(byte[] bytes, int room = 9000) => [.. bytes, .. new byte[room]];
}
