using System.Collections.Concurrent;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Postgres.Addresses;
using Granary.Postgres.Journals;
using Granary.Simulation.Models;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Trading.Live;

/// <summary>Opens the store that <c>--state</c> names.</summary>
internal static class AccountStores
{
    /// <param name="state">A folder, or postgres://….</param>
    /// <param name="one">Whether the folder belongs to one account; otherwise it has a subfolder for each.</param>
    /// <exception cref="InputException">The database address is invalid.</exception>
    public static IAccountStore Open(Address state, bool one = false) =>
        state.IsDatabase ? new DatabaseAccounts(PostgresConnection.TextOf(state)) : new FolderAccounts(ModelStores.FolderOf(state), one);
}

/// <summary>
/// Stores the accounts of one machine in files. The lease is a file lock of the operating system, which not all other machines see.
/// </summary>
internal sealed class FolderAccounts(string folder, bool one = false, Disk? disk = null) : IAccountStore
{
    private const int MostPlaces = 4;

    private readonly Disk _disk = disk ?? Disk.Real;

    // The journals of sessions that this process has opened, by account.
    private readonly ConcurrentDictionary<string, SessionJournal> _sessions = new(StringComparer.Ordinal);

    // Where the last readings of each account's journal ended, so that a reader that goes on does not read what it knows.
    private readonly ConcurrentDictionary<string, IReadOnlyList<JournalPlace>> _places = new(StringComparer.Ordinal);

    // The name may come from the HTTP API, so it must not lead out of the folder.
    private string Of(string account)
    {
        if (one) return folder;
        WeightsValidation.CheckPortfolio(account);
        return Path.Combine(folder, account);
    }

    public Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) => Task.FromResult<IJournal>(
            _sessions[account] = new SessionJournal(FileJournal.Open(Of(account), clock, holder, disk: _disk)));

    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        // The session's journal flushes that of a paper venue. An exchange can be asked again for what a power cut took.
        var journal = FileJournal.Open(Of(account), clock, holder, broker + "-venue.grj", flush: broker != "paper", _disk);
        if (broker == "paper" && _sessions.TryGetValue(account, out var session)) session.Venue = journal;
        return Task.FromResult<IJournal>(journal);
    }

    public Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult(one || _disk.FolderExists(Of(account)) ? Peek(account, query) : []);

    private IReadOnlyList<JournalEntry> Peek(string account, JournalQuery query)
    {
        var known = _places.GetValueOrDefault(account) ?? [];
        try
        {
            var (entries, place) = FileJournal.PeekFrom(known.Where(p => p.Sequence <= query.After).MaxBy(p => p.Sequence), Of(account),
                query, disk: _disk);
            // A reader of the whole does not go on.
            if (query.After > 0 || known.Count == 0)
                _places[account] = [place, .. known.Where(p => p.Sequence != place.Sequence).Take(MostPlaces - 1)];
            return entries;
        }
        catch (JournalException) when (_places.TryRemove(account, out _))
        {
            // An operator may have put back a copy of the journal, which is another file from here on.
            return Peek(account, query);
        }
    }

    // Stores what the venue has written before what the session has made of it: otherwise a power cut could leave a session with fills
    // that its paper venue does not know.
    private sealed class SessionJournal(FileJournal inner) : IJournal
    {
        public FileJournal? Venue { get; set; }

        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            Venue?.Flush();
            return inner.AppendAsync(entries, cancellationToken);
        }

        public ValueTask WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(entries, cancellationToken);

        public void Prepare() => inner.Prepare();

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

/// <summary>Stores accounts in PostgreSQL, for all machines that can reach it.</summary>
/// <param name="connection">The connection string for Npgsql.</param>
internal sealed class DatabaseAccounts(string connection) : IAccountStore
{
    public async Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        await PostgresJournal.OpenAsync(connection, account, clock, holder, cancellationToken).ConfigureAwait(false);

    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) => OpenJournalAsync($"{account}.{broker}-venue", holder, clock, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default) =>
        PostgresJournal.PeekAsync(connection, account, query, cancellationToken);
}
