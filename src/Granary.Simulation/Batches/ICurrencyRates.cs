using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The exchange rates of an account: those of <c>data.fx</c>, or those that a session has taken.</summary>
internal interface ICurrencyRates
{
    /// <summary>Returns the value of a currency in another one.</summary>
    /// <returns>Null if the rates do not lead from the one to the other.</returns>
    /// <exception cref="BarDataException">The rates are invalid, or there is no such file or store.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    Task<RateSeries?> OfAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>The pairs that there are, for messages.</summary>
    Task<string> ListAsync(CancellationToken cancellationToken);
}
