using System.Security.Cryptography;
using System.Text;

namespace Granary.Notifications;

/// <summary>A message to an operator about an event.</summary>
/// <param name="Id">The id, which is the same for the same event on each server of a cluster and after a restart.</param>
/// <param name="Subject">The account or the job.</param>
/// <param name="Text">The message in one sentence.</param>
/// <param name="At">When it was recorded in the journal, or detected, UTC.</param>
internal sealed record Notification(string Id, NotificationEvent Event, string Subject, string Text, DateTimeOffset At)
{
    /// <param name="occasion">Distinguishes the events of one subject.</param>
    public static Notification Of(NotificationEvent kind, string subject, string occasion, string text, DateTimeOffset at)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\0{subject}\0{occasion}"));
        return new Notification(Convert.ToHexStringLower(hash)[..32], kind, subject, text, at);
    }
}
