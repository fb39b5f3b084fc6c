using Granary.Data.Journals;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;

namespace Granary.Trading.Live;

/// <summary>Where the journals of accounts are kept, and their leases with them.</summary>
public interface IAccountStore
{
    /// <summary>Opens the journal of an account; the one that has it open has its lease.</summary>
    /// <param name="holder">Who opens it, for the sentence that a second session gets.</param>
    /// <exception cref="LeaseException">Another session has it.</exception>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock, CancellationToken cancellationToken = default);

    /// <summary>Opens the journal in which a broker keeps what it must know after a restart.</summary>
    /// <param name="account">The account that it trades.</param>
    /// <param name="broker">The broker's name: each has a journal of its own.</param>
    /// <inheritdoc cref="OpenJournalAsync"/>
    Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default);

    /// <summary>Reads the journal of an account that a session may be trading; takes no lease. Empty for an account without one.</summary>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default);
}

/// <summary>Opens what <c>--state</c> names.</summary>
public static class AccountStores
{
    /// <param name="state">A folder, or postgres://….</param>
    /// <param name="one">The folder is one account's; otherwise each has a folder of its own in it.</param>
    /// <exception cref="InputException">A database that is not written as one.</exception>
    public static IAccountStore Open(Address state, bool one = false) =>
        state.IsDatabase ? new DatabaseAccounts(ModelStores.Connection(state)) : new FolderAccounts(ModelStores.FolderOf(state), one);
}

/// <summary>
/// Accounts of one machine: a file each. The lease is the operating system's lock of a file, which other machines do not all see.
/// </summary>
public sealed class FolderAccounts(string folder, bool one = false) : IAccountStore
{
    // A name comes from callers of the HTTP API too: none can lead out of the folder.
    private string Of(string account)
    {
        if (one) return folder;
        WeightsRules.CheckPortfolio(account);
        return Path.Combine(folder, account);
    }

    public Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) => Task.FromResult<IJournal>(FileJournal.Open(Of(account), clock, holder));

    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        // What the paper venue simulates loses nothing in a power cut that a restart would miss; an exchange keeps its orders.
        Task.FromResult<IJournal>(FileJournal.Open(Of(account), clock, holder, broker + "-venue.grj", flush: broker != "paper"));

    public Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JournalEntry>>(one || Directory.Exists(Of(account)) ? [.. FileJournal.Peek(Of(account), query)] : []);
}

/// <summary>Accounts in PostgreSQL, for all machines that reach it.</summary>
/// <param name="connection">As Npgsql takes it.</param>
public sealed class DatabaseAccounts(string connection) : IAccountStore
{
    public async Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        await PostgresJournal.OpenAsync(connection, account, clock, holder, cancellationToken).ConfigureAwait(false);

    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) => OpenJournalAsync($"{account}.{broker}-venue", holder, clock, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default) =>
        PostgresJournal.PeekAsync(connection, account, query, cancellationToken);
}
