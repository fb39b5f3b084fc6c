using System.Runtime.ExceptionServices;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>Steps of different orders: one that the exchange refuses or does not answer does not keep the others from being done.</summary>
internal sealed class SeparateSteps
{
    private Exception? _fault;

    /// <summary>Runs a step, and keeps why it was not done.</summary>
    public async ValueTask TryAsync(Func<ValueTask> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception e) when (e is BrokerUnavailableException or VenueRefusalException)
        {
            Add(e);
        }
    }

    /// <summary>Keeps the first fault. One whose answer is still to come gives way to any other.</summary>
    public void Add(Exception? fault)
    {
        if (fault is not null && (_fault is null or BrokerUnavailableException { RetryAfter: not null })) _fault = fault;
    }

    /// <exception cref="BrokerUnavailableException">A step had no answer.</exception>
    /// <exception cref="VenueRefusalException">A step was refused.</exception>
    public void End()
    {
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
    }
}
