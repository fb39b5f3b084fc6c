namespace Granary;

/// <summary>The keys of a batch's <c>learning.retrain.expire</c>.</summary>
public sealed record BatchExpire
{
    /// <summary>The key <c>bars</c>.</summary>
    public int? Bars { get; init; }

    /// <summary>The key <c>trades</c>.</summary>
    public int? Trades { get; init; }

    /// <summary>The key <c>days</c>.</summary>
    public int? Days { get; init; }
}
