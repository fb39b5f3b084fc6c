namespace Granary.Data.Brokers;

/// <summary>A broker's name, one of its options or its account is wrong. The message is one sentence that names the field and the
/// remedy.</summary>
public sealed class BrokerInputException : Exception
{
    public BrokerInputException(string message) : base(message)
    {
    }

    public BrokerInputException(string message, Exception inner) : base(message, inner)
    {
    }
}
