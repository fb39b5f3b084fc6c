namespace Granary.Engine.Brokerage;

/// <summary>The venue, or the connection to it, does not answer now. A later try may succeed. The outcome of the request is unknown
/// unless <see cref="IsCertainlyNotDone"/>.</summary>
public sealed class BrokerUnavailableException : Exception
{
    public BrokerUnavailableException(string message) : base(message)
    {
    }

    public BrokerUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Whether the venue certainly did not carry out the request, as with too many requests: it can be sent again.</summary>
    public bool IsCertainlyNotDone { get; init; }
}
