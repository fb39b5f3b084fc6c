namespace Granary.Api.Tests.SignIn;

/// <summary>The system's clock and a span that a test adds. Timers follow the system's clock.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
