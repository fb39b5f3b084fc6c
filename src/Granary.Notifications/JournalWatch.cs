using Granary.Data.Journals;
using Granary.Trading.Live;

namespace Granary.Notifications;

/// <summary>
/// Reads the journals of accounts, each entry once, also over restarts and on several silos. It takes no lease of the account, so a session
/// never waits for it.
/// </summary>
internal sealed class JournalWatch(IAccountStore accounts, IOutboxStore store)
{
    private const string FirstStart = "";

    // Sessions that have ended and whose journals were read since.
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    /// <summary>Reads the entries of an account that were recorded since the last call.</summary>
    /// <param name="run">The name of the session's run.</param>
    /// <param name="isRunning">Whether the session may write further entries.</param>
    /// <param name="each">Takes an entry. If it throws, the next call reads it again.</param>
    /// <param name="now">The time of the server; at the first call of all, entries before it are passed over.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task ReadAsync(string account, string run, bool isRunning, Action<JournalEntry> each, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (!isRunning && _read.GetValueOrDefault(account) == run) return;
        using (var turn = store.Lease(account, LeaseKind.Account))
        {
            if (turn is null) return;
            var last = store.Cursor(account);
            foreach (var entry in await NewAsync(account, last, now, cancellationToken).ConfigureAwait(false))
            {
                each(entry);
                last = new JournalCursor(entry.Sequence, entry.At);
            }
            if (last is not null && last != store.Cursor(account)) store.SetCursor(account, last);
        }
        if (isRunning) _read.Remove(account);
        else _read[account] = run;
    }

    private async Task<IEnumerable<JournalEntry>> NewAsync(string account, JournalCursor? last, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (last is null)
            return await accounts.PeekAsync(account, new JournalQuery(From: Begin(now)), cancellationToken).ConfigureAwait(false);
        var entries = await accounts.PeekAsync(account, new JournalQuery(After: last.Sequence - 1), cancellationToken)
            .ConfigureAwait(false);
        if (entries is [var known, ..] && known.Sequence == last.Sequence && (known.At - last.At).Duration() < TimeSpan.FromMilliseconds(1))
            return entries.Skip(1);
        // It is another journal than the one that was read, for example of an account that was removed and opened again.
        entries = await accounts.PeekAsync(account, new JournalQuery(From: last.At), cancellationToken).ConfigureAwait(false);
        return entries.Where(e => e.At > last.At);
    }

    // The first start of a server with notifications. What happened before is not news.
    private DateTimeOffset Begin(DateTimeOffset now)
    {
        if (store.Cursor(FirstStart) is { } first) return first.At;
        store.SetCursor(FirstStart, new JournalCursor(0, now));
        return now;
    }

    /// <summary>Stores the time of the first start, if it is not stored yet.</summary>
    public void Start(DateTimeOffset now) => Begin(now);
}
