namespace Granary.Api.Tests.SignIn;

/// <summary>The system's clock and a span that a test adds, or a fixed time. Timers follow the system's clock.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    /// <summary>The time while it stands still; null while it goes on.</summary>
    public DateTimeOffset? Fixed { get; set; }

    public override DateTimeOffset GetUtcNow() => Fixed ?? base.GetUtcNow() + Shift;
}
