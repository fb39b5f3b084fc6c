namespace Granary.Notifications;

/// <summary>A destination of notifications. Only the operator's file configures it, never a caller.</summary>
internal interface IChannel
{
    /// <summary>Its name in rules.</summary>
    string Name { get; }

    /// <summary>webhook, email, telegram, discord or slack.</summary>
    string Kind { get; }

    /// <summary>The host that takes its messages. The rest of an address may be a secret.</summary>
    string Host { get; }

    /// <summary>How many messages it may get.</summary>
    SendLimit Limit { get; }

    /// <summary>Makes one attempt to send a notification.</summary>
    /// <param name="now">The time of the attempt, UTC.</param>
    /// <returns>The answer of the receiver in one sentence, without secrets.</returns>
    /// <exception cref="DeliveryException">The receiver did not take it. The message has no secret.</exception>
    Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken);
}
