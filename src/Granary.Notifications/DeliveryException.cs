namespace Granary.Notifications;

/// <summary>The receiver did not take a notification. The message is for people and has no secret.</summary>
internal sealed class DeliveryException : Exception
{
    public DeliveryException()
    {
    }

    public DeliveryException(string message) : base(message)
    {
    }

    public DeliveryException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Whether a repetition cannot succeed, because the receiver refuses the caller, the address or the message.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>The pause that the receiver demands before the next message to the same channel; null for none.</summary>
    public TimeSpan? Pause { get; init; }
}
