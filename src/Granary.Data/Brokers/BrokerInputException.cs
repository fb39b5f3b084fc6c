namespace Granary.Data.Brokers;

/// <summary>A broker's name, option or account is invalid. The message is one sentence with the field and the remedy.</summary>
public sealed class BrokerInputException : Exception
{
    public BrokerInputException(string message) : base(message)
    {
    }

    public BrokerInputException(string message, Exception inner) : base(message, inner)
    {
    }
}
