using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>The journal entries that a session needs to continue.</summary>
/// <param name="Events">Events in order, without <see cref="JournalKinds.BesideSession"/>.</param>
/// <param name="Signals">The number of decided signals.</param>
public sealed record AccountPast(List<JournalEvent> Events, long Signals)
{
    private const int EntriesPerTask = 2_048;

    /// <summary>Creates it from a journal in memory.</summary>
    public static AccountPast Of(IEnumerable<JournalEvent> events)
    {
        List<JournalEvent> all = [.. events];
        return new AccountPast(all, all.OfType<SignalDecided>().LongCount());
    }

    /// <summary>Reads an account's journal, and decodes its entries on all cores.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or a newer version of Granary wrote it.</exception>
    public static async Task<AccountPast> ReadAsync(OrderGateway gateway, CancellationToken cancellationToken = default)
    {
        var signals = 0L;
        List<Task<JournalEvent[]>> decoding = [];
        List<JournalEntry> entries = [];
        await foreach (var entry in gateway.ReadAsync(JournalKinds.BesideSession, cancellationToken).ConfigureAwait(false))
        {
            // Only the number of signals is needed, because the strategies generate them again.
            if (entry.Kind == nameof(SignalDecided)) signals++;
            else entries.Add(entry);
            if (entries.Count == EntriesPerTask) Decode();
        }
        Decode();
        List<JournalEvent> events = [];
        foreach (var task in decoding) events.AddRange(await task.ConfigureAwait(false));
        return new AccountPast(events, signals);

        void Decode()
        {
            var some = entries;
            entries = [];
            decoding.Add(Task.Run(() => some.ConvertAll(JournalCodec.Decode).ToArray(), cancellationToken));
        }
    }
}
