namespace Granary.Engine.Market;

/// <summary>Treatment of a position whose symbol has left the universe.</summary>
internal enum LeavePolicy
{
    /// <summary>It is closed at the next open.</summary>
    Close,

    /// <summary>It stays until the strategy's own exit.</summary>
    Hold,
}
