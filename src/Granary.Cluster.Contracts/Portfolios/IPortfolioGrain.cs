using Granary.Application.Live;
using Granary.Application.Weights;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One portfolio; the key is its id, and that of its account. Holds its weights in versions, and, while it has a live session, the strategies' and the portfolio's runs:
/// sizing, limits, open orders and positions, which it has from the journal of its <see cref="Accounts.IOrderGrain"/>. Answered means durable.
/// </summary>
[Alias("granary.IPortfolioGrain")]
public interface IPortfolioGrain : IGrainWithStringKey
{
    /// <returns>null where none were ever set.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<PortfolioWeights?> FindAsync();

    /// <summary>All versions, newest first.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<PortfolioWeights>> HistoryAsync();

    /// <summary>Puts a new version in force, if <paramref name="expectedVersion"/> still is.</summary>
    [Alias("Set")]
    Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why);

    /// <summary>Begins a live session, with the account's lease in hand when it answers.</summary>
    /// <exception cref="Granary.Application.Json.InputException">The configuration or an option is wrong, or the evidence does not suffice.</exception>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:02:00"), Alias("Start")]
    Task<SessionView> StartAsync(SessionStart start);

    /// <summary>How its session stands; null where it never had one. Whoever asks wakes a session that was lost with its silo.</summary>
    [AlwaysInterleave, Alias("Session")]
    Task<SessionView?> SessionAsync();

    /// <summary>Commands its session; answered when the command stands in the journal, or after about twenty seconds where the journal cannot be reached.</summary>
    /// <returns>null where it never had a session.</returns>
    [AlwaysInterleave, Alias("Command")]
    Task<SessionView?> CommandAsync(SessionOrder order);
}

/// <param name="Weights">The new version; null where another had come first.</param>
/// <param name="Current">The version in force.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
public sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
