namespace Granary.Engine.Brokerage;

/// <summary>The venue, or the connection to it, does not answer now. A later try may succeed. The outcome of the request is unknown
/// unless <see cref="IsUnprocessed"/>.</summary>
public sealed class BrokerUnavailableException : Exception
{
    public BrokerUnavailableException(string message) : base(message)
    {
    }

    public BrokerUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Whether the venue rejected the request without processing it, because of too many requests. The request can be sent
    /// again.</summary>
    public bool IsUnprocessed { get; init; }

    /// <summary>
    /// The pause after which the same request may have an answer, since an earlier one is still on its way; null if nothing is known
    /// of that.
    /// </summary>
    internal TimeSpan? RetryAfter { get; init; }
}
