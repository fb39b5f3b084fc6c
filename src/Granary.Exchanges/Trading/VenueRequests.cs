using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Runs concurrent requests. They do not change the adapter's state; their results are applied afterwards in the order of the
/// orders.</summary>
internal static class VenueRequests
{
    /// <summary>Runs a request for each item, and waits for all responses.</summary>
    public static async ValueTask<RequestOutcome<TResult>[]> AllAsync<TItem, TResult>(IReadOnlyList<TItem> items,
        Func<TItem, Task<TResult>> request) =>
        await Task.WhenAll(items.Select(item => OutcomeAsync(item, request))).ConfigureAwait(false);

    private static async Task<RequestOutcome<TResult>> OutcomeAsync<TItem, TResult>(TItem item, Func<TItem, Task<TResult>> request)
    {
        try
        {
            return new RequestOutcome<TResult>(await request(item).ConfigureAwait(false), null, null);
        }
        catch (VenueRefusalException e)
        {
            return new RequestOutcome<TResult>(default, e, null);
        }
        catch (BrokerUnavailableException e)
        {
            return new RequestOutcome<TResult>(default, null, e);
        }
    }

    /// <summary>Divides items into rounds with at most one item per symbol; the items of a symbol keep their order.</summary>
    public static IEnumerable<List<T>> Rounds<T>(IEnumerable<T> items, Func<T, string> symbolOf)
    {
        var rounds = new List<List<T>>();
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var round = next.GetValueOrDefault(symbolOf(item));
            if (round == rounds.Count) rounds.Add([]);
            rounds[round].Add(item);
            next[symbolOf(item)] = round + 1;
        }
        return rounds;
    }
}
