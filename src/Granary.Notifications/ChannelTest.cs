using System.Globalization;
using Granary.Contracts.Notifications;

namespace Granary.Notifications;

/// <summary>Sends test notifications.</summary>
internal static class ChannelTest
{
    /// <summary>Sends a test to a channel at once, beside the outbox.</summary>
    /// <returns>What the receiver answered, or why it did not take the test.</returns>
    public static async Task<TestDelivery> SendAsync(IChannel channel, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var test = Notification.Of(NotificationEvent.Test, channel.Name, now.ToString("O", CultureInfo.InvariantCulture),
            "This is a test of the notifications.", now);
        try
        {
            return new TestDelivery(channel.Name, true, null, await channel.SendAsync(test, now, cancellationToken).ConfigureAwait(false));
        }
        catch (DeliveryException e)
        {
            return new TestDelivery(channel.Name, false, e.Message);
        }
    }
}
