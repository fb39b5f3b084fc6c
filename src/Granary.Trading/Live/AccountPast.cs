using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>The journal entries that a session needs to continue.</summary>
/// <param name="Events">Events in order, without <see cref="JournalKinds.BesideSession"/>.</param>
/// <param name="Signals">The number of decided signals.</param>
/// <param name="Last">Sequence number of the last entry that was read; 0 if there was none.</param>
internal sealed record AccountPast(List<JournalEvent> Events, long Signals, long Last = 0)
{
    /// <summary>The number of entries that one task decodes.</summary>
    internal const int EntriesPerTask = 2_048;

    /// <summary>Creates it from a journal in memory.</summary>
    public static AccountPast Of(IEnumerable<JournalEvent> events)
    {
        List<JournalEvent> all = [.. events];
        return new AccountPast(all, all.OfType<SignalDecided>().LongCount());
    }

    /// <summary>Reads an account's journal, and decodes its entries on all cores.</summary>
    /// <param name="after">Sequence number of the last entry that is known; 0 reads the whole journal.</param>
    /// <exception cref="JournalException">The journal cannot be read, or a newer version of Granary wrote it.</exception>
    public static async Task<AccountPast> ReadAsync(AccountJournal journal, long after = 0, CancellationToken cancellationToken = default)
    {
        var (signals, last) = (0L, after);
        List<Task<JournalEvent[]>> decoding = [];
        List<JournalEntry> entries = [];
        var query = new JournalQuery { Without = JournalKinds.BesideSession, After = after };
        await foreach (var entry in journal.ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            last = entry.Sequence;
            // Only the number of signals is needed, because the strategies generate them again.
            if (entry.Kind == nameof(SignalDecided)) signals++;
            else entries.Add(entry);
            if (entries.Count == EntriesPerTask) Decode();
        }
        Decode();
        List<JournalEvent> events = [];
        foreach (var task in decoding) events.AddRange(await task.ConfigureAwait(false));
        return new AccountPast(events, signals, last);

        void Decode()
        {
            var some = entries;
            entries = [];
            decoding.Add(Task.Run(() => some.ConvertAll(JournalCodec.Decode).ToArray(), cancellationToken));
        }
    }
}
