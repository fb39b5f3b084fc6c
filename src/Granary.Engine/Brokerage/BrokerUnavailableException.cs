namespace Granary.Engine.Brokerage;

/// <summary>The venue, or the connection to it, does not answer now. The outcome of the request is unknown, and a later try may
/// succeed.</summary>
public sealed class BrokerUnavailableException : Exception
{
    public BrokerUnavailableException(string message) : base(message)
    {
    }

    public BrokerUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}
