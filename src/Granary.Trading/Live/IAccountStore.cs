using Granary.Data.Journals;

namespace Granary.Trading.Live;

/// <summary>Storage of account journals, with their leases.</summary>
internal interface IAccountStore
{
    /// <summary>Opens the journal of an account, which takes its lease.</summary>
    /// <param name="holder">The name of the session, for the error that a second session gets.</param>
    /// <exception cref="LeaseException">Another session holds the lease.</exception>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock, CancellationToken cancellationToken = default);

    /// <summary>Opens the journal for a broker's own state, which it needs after a restart.</summary>
    /// <param name="account">The account that the broker trades.</param>
    /// <param name="broker">The broker's name; each has its own journal.</param>
    /// <inheritdoc cref="OpenJournalAsync"/>
    Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default);

    /// <summary>Reads the journal of an account, which a session may be trading; takes no lease. Empty for an account without a
    /// journal.</summary>
    /// <exception cref="JournalException">The disk or the server failed.</exception>
    Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query, CancellationToken cancellationToken = default);
}
