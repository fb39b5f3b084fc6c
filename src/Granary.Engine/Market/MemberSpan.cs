namespace Granary.Engine.Market;

/// <summary>A span of time in which a symbol belongs to the universe.</summary>
/// <param name="From">The first moment, UTC ticks.</param>
/// <param name="To">The first moment after it, UTC ticks; <see cref="Membership.Open"/> while it lasts.</param>
internal readonly record struct MemberSpan(long From, long To);
