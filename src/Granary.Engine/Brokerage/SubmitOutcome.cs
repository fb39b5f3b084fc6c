namespace Granary.Engine.Brokerage;

/// <summary>Outcome of one order of a batch submission.</summary>
/// <param name="Status">The order's state at the venue; null if no answer came and its state is unknown.</param>
/// <param name="Fault">Why no answer came; null if one came.</param>
public readonly record struct SubmitOutcome(BrokerOrderStatus? Status, BrokerUnavailableException? Fault)
{
    /// <summary>An order that the venue has answered.</summary>
    public static SubmitOutcome Of(BrokerOrderStatus status) => new(status, null);

    /// <summary>An order without an answer.</summary>
    public static SubmitOutcome Of(BrokerUnavailableException fault) => new(null, fault);

    /// <summary>The order's state.</summary>
    /// <exception cref="BrokerUnavailableException">No answer came.</exception>
    public BrokerOrderStatus Answer => Status ?? throw Fault!;
}
