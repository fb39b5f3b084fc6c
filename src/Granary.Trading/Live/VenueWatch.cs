using Granary.Storage.Retries;

namespace Granary.Trading.Live;

/// <summary>Whether the venue of an account responds. Any thread may read it.</summary>
/// <param name="broker">The venue's name.</param>
internal sealed class VenueWatch(AccountJournal journal, string broker)
{
    private readonly CallWatch _calls = new(journal.Clock);
    private volatile string? _failure;

    /// <summary>Why the venue did not respond to the last call; null if it did.</summary>
    public string? Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>Why the venue does not respond; null if it does. A venue that waits for the journal's server has no fault of its own.
    /// </summary>
    public string? Fault => Failure ?? (journal.Fault is null ? _calls.Silence($"broker '{broker}'") : null);

    /// <summary>Starts a call to the venue, which ends when the result is disposed.</summary>
    public CallWatch.Scope Begin() => _calls.Begin();
}
