using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>What a session needs of its journal to continue.</summary>
/// <param name="Events">In order, without <see cref="JournalKinds.BesideSession"/>.</param>
/// <param name="Signals">Signals that were decided.</param>
public sealed record AccountPast(List<JournalEvent> Events, long Signals)
{
    private const int EntriesPerTask = 2_048;

    /// <summary>Of a journal that is read already.</summary>
    public static AccountPast Of(IEnumerable<JournalEvent> events)
    {
        List<JournalEvent> all = [.. events];
        return new AccountPast(all, all.OfType<SignalDecided>().LongCount());
    }

    /// <summary>Reads an account's journal; its entries are decoded on all cores while it is read.</summary>
    /// <exception cref="JournalException">It cannot be read, or a newer Granary has written it.</exception>
    public static async Task<AccountPast> ReadAsync(IOrderGateway gateway, CancellationToken cancellationToken = default)
    {
        var signals = 0L;
        List<Task<JournalEvent[]>> decoding = [];
        List<JournalEntry> entries = [];
        await foreach (var entry in gateway.ReadAsync(JournalKinds.BesideSession, cancellationToken).ConfigureAwait(false))
        {
            // Of signals only the number counts: the strategies give them again.
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
